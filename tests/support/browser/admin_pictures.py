"""Onboarding in the admin, step by step: each picture goes on where the one before ended."""

from playwright.sync_api import Page

from tests.support.browser.chromium import follow
from tests.support.browser.pictures import OLGA, Picture, Way, at


def _save(page: Page) -> None:
    follow(page.get_by_role("button", name="Save", exact=True))


def _key_of(page: Page, address: str, model: str, name: str) -> str:
    """The key of what was just added, so that the next form starts with it chosen."""
    page.goto(f"{address}/admin/{model}/?q={name}")
    link = page.get_by_role("link", name=name).first.get_attribute("href") or ""
    return link.split("/change/")[0].rsplit("/", 1)[1]


def _add_customer(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/customer/add/")
    page.locator("#id_name").fill("Northlight Pharmacies")
    page.locator("#id_slug").fill("northlight")
    page.locator("#id_manager_name").fill("so-manager")
    page.locator("#id_manager_address").fill("10.20.0.10")


def _add_site(page: Page, address: str) -> None:
    _save(page)
    customer = _key_of(page, address, "tenants/customer", "Northlight Pharmacies")
    page.goto(f"{address}/admin/tenants/site/add/?customer={customer}")
    page.locator("#id_name").fill("Store room, Mill Lane 4")
    page.locator("#id_expected_networks").fill("192.0.2.64/28")


def _add_sensor(page: Page, address: str) -> None:
    _save(page)
    site = _key_of(page, address, "tenants/site", "Store room, Mill Lane 4")
    page.goto(f"{address}/admin/sensors/sensor/add/?site={site}")
    page.locator("#id_gateway").select_option(label="gateway-1")
    page.locator("#id_name").fill("northlight-store")
    page.locator("#id_description").fill("Black box on the shelf behind the door")
    page.locator("#id_hardware_serial").fill("SN-7034-C")
    page.locator("#id_sniffing_interfaces").fill("enp2s0f1\neth0.100")


def _registered_sensor(page: Page, address: str) -> None:
    _save(page)
    page.goto(f"{address}/admin/sensors/sensor/?q=northlight-store")
    follow(page.get_by_role("link", name="northlight-store"))


def _ask_for_code(page: Page, address: str) -> None:
    """On a phone the link is folded into a menu."""
    link = page.get_by_role("link", name="Enrolment code", include_hidden=True).first
    page.goto(address + (link.get_attribute("href") or ""))


def _see_code(page: Page, _address: str) -> None:
    follow(page.get_by_role("button", name="Issue a code"))
    page.get_by_test_id("code").wait_for()


def _invite(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/person/add/")
    page.locator("#id_email").fill("pia@provider.example")
    page.locator("#id_name").fill("Pia Petersen")
    page.locator("#id_role").select_option("operator")
    page.locator("#id_reason").fill("Takes over from Otto while he is away. She has worked here since 2019.")


def _ask_for_second(page: Page, _address: str) -> None:
    _save(page)
    page.get_by_role("button", name="Take the request back").wait_for()


def _decide(page: Page, address: str) -> None:
    """What another administrator has asked for."""
    page.goto(f"{address}/admin/tenants/approval/?action=person:invite")
    row = page.get_by_role("row").filter(has_text="noor@provider.example")
    link = row.get_by_role("link").first.get_attribute("href") or ""
    page.goto(f"{address}/decisions/{link.split('/')[4]}/")
    page.get_by_role("button", name="I agree: invite").wait_for()


def _policy(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/customer/?q=elm")
    follow(page.get_by_role("link", name="Elm Street Clinics"))


def _decide_code(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/approval/?action=sensor:enrolment-code:issue")
    link = page.get_by_role("row").filter(has_text="Elm Street").get_by_role("link").first.get_attribute("href") or ""
    page.goto(f"{address}/decisions/{link.split('/')[4]}/")
    page.get_by_role("button", name="I agree: show me the code").wait_for()


def _ask_for_networks(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/site/?q=elm")
    follow(page.get_by_role("link", name="Surgery, Elm Street 12"))
    page.locator("#id_expected_networks").fill("203.0.113.40/29\n192.0.2.16/29")
    page.locator("#id_reason").fill("A second line was put in last week. Carla Conti sent the contract.")


def _person(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/person/?q=ines")
    follow(page.get_by_role("link", name="ines@provider.example"))


def _add_gateway(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/sensors/gateway/add/")
    for name, value in {
        "name": "gateway-3",
        "network": "10.90.0.0/16",
        "host": "gw3.provider.example",
        "tcp_port": "443",
        "base_networks": "10.20.0.0/24",
        "mssfix": "1400",
        "reason": "For the sites in the north. The machine is the one in rack 4 that Otto set up on Monday.",
    }.items():
        page.locator(f"#id_{name}").fill(value)


def _gateway(name: str, which: str) -> Way:
    return lambda page, address: page.goto(
        f"{address}/admin/sensors/gateway/{_key_of(page, address, 'sensors/gateway', name)}/{which}/"
    )


def _decide_gateway(page: Page, address: str) -> None:
    """What somebody else has asked for."""
    page.goto(f"{address}/admin/tenants/approval/?action=gateway:enrolment-code:issue")
    link = page.get_by_role("row").nth(1).get_by_role("link").first.get_attribute("href") or ""
    page.goto(f"{address}/decisions/{link.split('/')[4]}/")
    page.get_by_role("button", name="I agree").wait_for()


def _revoke(page: Page, _address: str) -> None:
    page.locator("#reason").fill("Taken from the rack in the night of Thursday.")
    follow(page.get_by_role("button", name="Revoke now"))


def _sensor(which: str) -> Way:
    return lambda page, address: page.goto(
        f"{address}/admin/sensors/sensor/{_key_of(page, address, 'sensors/sensor', 'northlight-store')}/{which}/"
    )


def _see_sheets(page: Page, _address: str) -> None:
    follow(page.get_by_role("button", name="Issue 1 code"))
    page.get_by_test_id("code").wait_for()


def _wide_networks(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/tenants/site/?q=mill")
    follow(page.get_by_role("link", name="Store room, Mill Lane 4"))
    page.locator("#id_expected_networks").fill("0.0.0.0/0")
    _save(page)


ADMIN_PICTURES = (
    Picture("admin-start", at("/admin/"), who=OLGA),
    Picture("admin-customers", at("/admin/tenants/customer/"), who=OLGA),
    Picture("admin-1-add-customer", _add_customer, who=OLGA),
    Picture("admin-2-add-site", _add_site, who=OLGA),
    Picture("admin-3-add-sensor", _add_sensor, who=OLGA),
    Picture("admin-4-sensor", _registered_sensor, who=OLGA),
    Picture("admin-5-issue-code", _ask_for_code, who=OLGA),
    Picture("admin-6-code-shown-once", _see_code, who=OLGA),
    Picture("admin-7-invite", _invite, who=OLGA),
    Picture("admin-8-invitation-waits", _ask_for_second, who=OLGA),
    Picture("admin-9-decide-invitation", _decide, who=OLGA),
    Picture("admin-person", _person, who=OLGA),
    Picture("admin-policy", _policy, who=OLGA),
    Picture("admin-decide-code", _decide_code, who=OLGA),
    Picture("admin-ask-for-networks", _ask_for_networks, who=OLGA),
    Picture("admin-move-sensor", _sensor("move"), who=OLGA),
    Picture("admin-replace-sensor", _sensor("replace"), who=OLGA),
    Picture("admin-sheets-1-choose", _sensor("to-sheets"), who=OLGA),
    Picture("admin-sheets-2-print", _see_sheets, who=OLGA),
    Picture("admin-wide-networks", _wide_networks, who=OLGA),
    Picture("admin-gateways", at("/admin/sensors/gateway/"), who=OLGA),
    Picture("admin-gateway-1-add", _add_gateway, who=OLGA),
    Picture("admin-gateway-2-waits", _ask_for_second, who=OLGA),
    Picture("admin-gateway-3-decide", _decide_gateway, who=OLGA),
    Picture("admin-gateway-4-ask-for-code", _gateway("gateway-1", "code"), who=OLGA),
    Picture("admin-gateway-5-revoke", _gateway("gateway-1", "revoke"), who=OLGA),
    Picture("admin-gateway-6-revoked", _revoke, who=OLGA),
    Picture("admin-retire-sensor", _sensor("retire"), who=OLGA),
)
