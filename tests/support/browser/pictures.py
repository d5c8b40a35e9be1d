"""Every page, how to get there, and as whom: for the pictures in docs/images and for what must hold on each page."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.browser.chromium import follow

Way = Callable[[Page, str], object]

ANNA, BEN, OLGA = "anna@harbour.example", "ben@meadow.example", "olga@provider.example"


@dataclass(frozen=True)
class Picture:
    name: str
    go: Way
    who: str | None = ANNA
    dark: bool = False
    # What a refusal logs in the browser's console, which is no fault of the page.
    logs: str = ""


def at(path: str) -> Way:
    return lambda page, address: page.goto(address + path)


def _follow(*names: str, start: str = "/") -> Way:
    def go(page: Page, address: str) -> None:
        page.goto(address + start)
        for name in names:
            follow(page.get_by_role("link", name=name).first)

    return go


def _too_many_tries(page: Page, address: str) -> None:
    """For an address that is nobody's, whose page looks the same."""
    page.goto(address + "/accounts/login/")
    while not page.get_by_role("heading", name="Too many wrong tries").count():
        page.get_by_label("E-mail address").fill("lena@harbour.example")
        page.get_by_label("Password").fill("a wrong guess")
        follow(page.get_by_role("button", name="Sign in"))


def _refused_report(page: Page, address: str) -> None:
    _follow("harbour-gate", "Report lost or stolen")(page, address)
    page.locator("form.form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Cut this sensor off now").click()
    page.locator(".error-summary").wait_for()


def _filled_report(page: Page, address: str) -> None:
    _follow("harbour-rack2", "Report lost or stolen")(page, address)
    page.get_by_role("radio", name="Stolen").check()
    page.get_by_label("A phone number").fill("+44 20 7946 0190")


def _refused_closing(page: Page, address: str) -> None:
    """To write off without the name typed: the box is not meant by mistake."""
    _follow("meadow-lab", "It was found, or is given up", start="/cases/")(page, address)
    page.get_by_role("radio", name="Written off").check()
    page.get_by_label("What was found").fill("Burnt out with the rest of the laboratory.")
    page.get_by_role("button", name="Ask for a second person").click()
    page.locator(".error-summary").wait_for()


def customer_page(page: Page, address: str, name: str, path: str = "") -> None:
    """By the customer's key, which stands in the admin's list."""
    page.goto(f"{address}/admin/tenants/customer/?q={name}")
    link = page.get_by_role("link", name=name).first.get_attribute("href") or ""
    page.goto(f"{address}/customers/{link.split('/change/')[0].rsplit('/', 1)[1]}/{path}")


def choose_file(page: Page, text: str) -> None:
    page.get_by_label("The file", exact=True).set_input_files(
        {"name": "boxes.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Look through it").click()


FILE = (
    "kind,site,expected networks,name,e-mail,phone,role,description,serial number,gateway\n"
    'site,"Depot, Mill Lane",203.0.113.96/28,,,,,,,\n'
    "person,,,Ada Arden,ada@meadow.example,+44 20 7946 0104,contact,,,\n"
    'box,"Depot, Mill Lane",,depot-gate,,,,Grey box over the gate,SN-7101,gateway-1\n'
    'box,"Depot, Mill Lane",,depot-rack,,,,"Rack 1, top",SN-7102,gateway-1\n'
)


def _refused_import(page: Page, address: str) -> None:
    customer_page(page, address, "Meadow Dairy", "import/")
    choose_file(page, FILE.replace("depot-gate", "Depot Gate").replace("contact", "boss").replace("/28", "/99"))
    page.locator(".error-summary").wait_for()


def _import_preview(page: Page, address: str) -> None:
    customer_page(page, address, "Meadow Dairy", "import/")
    choose_file(page, FILE)
    page.get_by_role("heading", name="When you confirm").wait_for()


PICTURES = (
    Picture("sign-in", at("/accounts/login/"), who=None, dark=True),
    Picture("sign-in-too-many-tries", _too_many_tries, who=None),
    Picture("browser-link", at("/accounts/browser/"), who=None),
    Picture("browser-link-sent", at("/accounts/browser/sent/"), who=None),
    Picture("browser-link-not-good", at("/accounts/browser/used-before/"), who=None),
    Picture("forgotten-password", at("/accounts/password/reset/"), who=None),
    Picture("sensors", at("/"), dark=True),
    Picture("sensors-found-none", at("/?q=lighthouse")),
    Picture("sensors-of-all-customers", at("/"), who=OLGA),
    Picture("sensor", _follow("harbour-rack2"), dark=True),
    Picture("sensor-not-where-expected", _follow("harbour-gate")),
    Picture("held-key", _follow("harbour-gate", "It waits for its key: decide"), who=OLGA),
    Picture("report", _filled_report, dark=True),
    Picture("report-refused", _refused_report, logs="422 (Unprocessable"),
    Picture("case-cut-off", _follow("meadow-lab", start="/cases/"), who=BEN, dark=True),
    Picture("case-note", _follow("meadow-lab", "Add a note", start="/cases/"), who=BEN),
    Picture("case-waiting-for-a-gateway", _follow("elm-reception", start="/cases/"), who=OLGA),
    Picture("case-found-again", _follow("elm-pharmacy", start="/cases/"), who=OLGA),
    Picture("closing-ask", _follow("meadow-lab", "It was found, or is given up", start="/cases/"), who=OLGA),
    Picture("closing-refused", _refused_closing, who=OLGA, logs="422 (Unprocessable"),
    Picture("closing-decide", _follow("elm-pharmacy", "Read it and decide", start="/cases/"), who=OLGA, dark=True),
    Picture("case-closed", _follow("elm-archive", start="/cases/"), who=OLGA),
    Picture("cases", at("/cases/"), who=OLGA),
    Picture("cases-none", at("/cases/")),
    Picture("checklist", lambda page, address: customer_page(page, address, "Harbour Logistics"), who=OLGA, dark=True),
    Picture("import-file", lambda page, address: customer_page(page, address, "Meadow Dairy", "import/"), who=OLGA),
    Picture("import-refused", _refused_import, who=OLGA, logs="422 (Unprocessable"),
    Picture("import-preview", _import_preview, who=OLGA, dark=True),
    Picture("your-sign-in", at("/accounts/2fa/")),
    Picture("confirm-password", at("/accounts/2fa/totp/activate/")),
    Picture("change-password", at("/accounts/password/change/")),
    Picture("nothing-here", at("/cases/00000000-0000-4000-8000-000000000000/"), logs="404 (Not Found)"),
)
