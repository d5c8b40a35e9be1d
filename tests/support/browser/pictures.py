"""Every page, how to get there, and as whom: for the pictures in docs/images and for what must hold on each page."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex

from playwright.sync_api import Page

from tests.support.browser.chromium import follow, say_password_again
from tests.support.browser.virtual_device import Device

Way = Callable[[Page, str], object]

ANNA, BEN, OLGA = "anna@harbour.example", "ben@meadow.example", "olga@provider.example"
OTTO = "otto@provider.example"  # an operator
MARIA = "maria@harbour.example"  # the manager of Anna's company


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


def _follow(*names: str, start: str = "/sensors/") -> Way:
    def go(page: Page, address: str) -> None:
        page.goto(address + start)
        for name in names:
            follow(page.get_by_role("link", name=name).first)

    return go


def _people(*names: str) -> Way:
    return _follow(*names, start="/people/")


def _add_passkey(page: Page, address: str) -> None:
    page.goto(address + "/accounts/passkeys/add/")
    say_password_again(page)


def _with_passkey(page: Page, address: str) -> None:
    Device(page)
    _add_passkey(page, address)
    page.get_by_label("What do you call it?").fill("Otto's telephone")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url(address + "/accounts/2fa/recovery-codes/")
    page.goto(address + "/accounts/2fa/")


def _removed_passkey(page: Page, address: str) -> None:
    """So that Otto's next session begins as this one did."""
    _follow("Remove Otto's telephone", start="/accounts/2fa/")(page, address)
    follow(page.get_by_role("button", name="Remove it"))


def _too_many_tries(page: Page, address: str) -> None:
    """For an address that is nobody's, whose page looks the same."""
    page.goto(address + "/accounts/login/")
    while not page.get_by_role("heading", name="Too many wrong tries").count():
        page.get_by_label("E-mail address").fill("lena@harbour.example")
        page.get_by_label("Password").fill("a wrong guess")
        follow(page.get_by_role("button", name="Sign in"))


def _chosen_customer(page: Page, address: str) -> None:
    page.goto(address + "/sensors/")
    page.get_by_label("Customer").select_option(label="Elm Street Clinics")
    follow(page.get_by_role("button", name="Find"))


def _refused_report(page: Page, address: str) -> None:
    _follow("harbour-gate", "Report lost or stolen")(page, address)
    page.locator("form.form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Cut off now").click()
    page.locator(".error-summary").wait_for()


def _filled_report(page: Page, address: str) -> None:
    _follow("harbour-rack2", "Report lost or stolen")(page, address)
    page.get_by_role("radio", name="Stolen").check()


def _chosen_boxes(page: Page, address: str) -> None:
    page.goto(address + "/report/")
    page.get_by_role("checkbox", name="harbour-rack2").check()
    page.get_by_role("radio", name="Lost").check()


def _unsent_report(page: Page, address: str) -> None:
    """As after a session that ended in between."""
    _chosen_boxes(page, address)
    key = page.get_by_role("checkbox", name="harbour-rack2").get_attribute("value")
    page.goto(f"{address}/report/?sensor={key}&kind=stolen&unsent=1")


def _unfolded_report(page: Page, address: str) -> None:
    _follow("elm-basement", "Report lost or stolen", start="/sensors/?q=elm-basement")(page, address)
    for fold in page.locator("summary").all():
        fold.click()


def _what_became_of_each(page: Page, address: str) -> None:
    """Of one that is cut off, one that is being cut off, and one that was not reported."""
    page.goto(address + "/report/?q=elm")
    site = page.locator("input[name=site]").first.get_attribute("value")
    page.goto(f"{address}/report/sent/?site={site}")


def _rehearsed(page: Page, address: str) -> None:
    """Of a box whose gateway listens and one whose does not, if there is one."""
    page.goto(address + "/drill/?q=elm")
    page.locator("input[name=site]").first.check()
    page.get_by_role("radio", name="Stolen").check()
    follow(page.get_by_role("button", name="Rehearse"))


def _loss_card(page: Page, address: str) -> None:
    page.goto(address + "/cards/")
    follow(page.get_by_role("main").get_by_role("link").last)


def _printed_card(page: Page, address: str) -> str:
    """The code on it."""
    _loss_card(page, address)
    follow(page.locator("button.button--primary"))
    return str(page.get_by_test_id("code").inner_text())


def _boxes_of_card(page: Page, address: str) -> None:
    code = _printed_card(page, address)
    page.goto(f"{address}/card/#{code}")
    follow(page.get_by_role("button", name="Show the boxes"))
    page.get_by_role("radio", name="Stolen").check()


def _with_note(page: Page, address: str) -> None:
    _follow("meadow-lab", start="/cases/")(page, address)
    page.locator("summary", has_text="Add a note").click()


def _signed_out_note(page: Page, address: str) -> None:
    """The session ended while somebody typed."""
    _with_note(page, address)
    page.get_by_label("What do you know?").fill("The night porter saw a white van at the ramp, ten past two.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send it to them").click()
    page.locator("#unsent").wait_for()


def _refused_closing(page: Page, address: str) -> None:
    """To write off without the name typed: the box is not meant by mistake."""
    _follow("meadow-lab", "It was found, or is given up", start="/cases/")(page, address)
    page.get_by_role("radio", name="Written off").check()
    page.get_by_label("What was found").fill("Burnt out with the rest of the laboratory.")
    page.get_by_role("button", name="Ask for a second person").click()
    page.locator(".error-summary").wait_for()


def _new_token(page: Page, address: str) -> None:
    page.goto(address + "/accounts/tokens/new/")
    say_password_again(page)


def _filled_token(page: Page, address: str) -> None:
    _new_token(page, address)
    page.get_by_label("What is it for?").fill(f"Stock list at base, {token_hex(3)}")
    page.get_by_role("checkbox", name="See sensors").check()


def _refused_token(page: Page, address: str) -> None:
    _new_token(page, address)
    page.locator("form.form").evaluate("form => { form.noValidate = true; }")
    follow(page.get_by_role("button", name="Make the token"))


def _made_token(page: Page, address: str) -> None:
    _filled_token(page, address)
    follow(page.get_by_role("button", name="Make the token"))


def customer_page(page: Page, address: str, name: str, path: str = "") -> None:
    """By the customer's key, as programs are told it."""
    customers = page.request.get(f"{address}/api/v1/customers/").json()["results"]
    [key] = [customer["id"] for customer in customers if customer["name"] == name]
    page.goto(f"{address}/customers/{key}/{path}")


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
    Picture("now", at("/"), who=MARIA, dark=True),
    Picture("now-nothing-to-do", at("/"), who=BEN),
    Picture("sensors", at("/sensors/"), dark=True),
    Picture("sensors-found-none", at("/sensors/?q=lighthouse")),
    Picture("overview", at("/overview/"), who=OLGA, dark=True),
    Picture("fleet", at("/sensors/"), who=OLGA, dark=True),
    Picture("fleet-not-where-expected", at("/sensors/?state=not-where-expected"), who=OLGA),
    Picture("fleet-of-a-customer", _chosen_customer, who=OLGA),
    Picture("fleet-found-none", at("/sensors/?q=lighthouse&state=asleep"), who=OLGA),
    Picture("decisions", at("/decisions/"), who=OLGA, dark=True),
    Picture("decision", _follow("Noor Nasser", start="/decisions/"), who=OLGA),
    Picture("decisions-of-a-manager", at("/decisions/"), who=MARIA),
    Picture("people", _people(), who=MARIA, dark=True),
    Picture("invite", _people("Invite somebody"), who=MARIA),
    Picture("person", _people("Anna Adeyemi"), who=MARIA),
    Picture("remove-person", _people("Anna Adeyemi", "Remove Anna Adeyemi"), who=MARIA),
    Picture("records", at("/records/"), who=MARIA, dark=True),
    Picture("records-of-all-customers", at("/records/"), who=OLGA),
    Picture("sensor", _follow("harbour-rack2"), dark=True),
    Picture("sensor-not-where-expected", _follow("harbour-gate")),
    Picture("held-key", _follow("harbour-gate", "It waits for its key: decide"), who=OLGA),
    Picture("report", _filled_report, dark=True),
    Picture("report-boxes", _chosen_boxes, dark=True),
    Picture("report-boxes-of-all-customers", at("/report/"), who=OLGA),
    Picture("report-unsent", _unsent_report),
    Picture("report-unfolded", _unfolded_report, who=OLGA),
    Picture("report-what-became-of-each", _what_became_of_each, who=OLGA, dark=True),
    Picture("drill", at("/drill/"), dark=True),
    Picture("drill-done", _rehearsed, who=OLGA),
    Picture("card-code", at("/card/"), who=None),
    Picture("loss-cards", at("/cards/"), who=OLGA, dark=True),
    Picture("loss-card-to-print", _printed_card),
    Picture("loss-card", _loss_card),
    Picture("card-boxes", _boxes_of_card, dark=True),
    Picture("report-refused", _refused_report, logs="422 (Unprocessable"),
    Picture("case-cut-off", _follow("meadow-lab", start="/cases/"), who=BEN, dark=True),
    Picture("case-note", _with_note, who=BEN),
    Picture("case-note-signed-out", _signed_out_note, who=BEN, logs="403 (Forbidden"),
    Picture("case-how-to-reach", _follow("elm-pharmacy", start="/cases/"), who=OLGA, dark=True),
    Picture("cases-by-number", at("/cases/?q=C-1002"), who=OLGA),
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
    Picture("passkey-add", _add_passkey, who=OTTO),
    Picture("passkeys", _with_passkey, who=OTTO),
    Picture("passkey-remove", _follow("Remove Otto's telephone", start="/accounts/2fa/"), who=OTTO),
    Picture("passkey-removed", _removed_passkey, who=OTTO),
    Picture("own-language", at("/accounts/language/")),
    Picture("tokens", at("/accounts/tokens/"), who=OLGA),
    Picture("tokens-none", at("/accounts/tokens/"), who=BEN),
    Picture("token-new", _filled_token, who=OLGA, dark=True),
    Picture("token-refused", _refused_token, who=OLGA, logs="422 (Unprocessable"),
    Picture("token-made", _made_token),
    Picture("token-revoke", _follow("Revoke", start="/accounts/tokens/"), who=OLGA),
    Picture("confirm-password", at("/accounts/2fa/totp/activate/")),
    Picture("change-password", at("/accounts/password/change/")),
    Picture("nothing-here", at("/cases/00000000-0000-4000-8000-000000000000/"), logs="404 (Not Found)"),
)
