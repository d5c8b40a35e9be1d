"""`python -m tests.support.browser.story`: believable life in a portal's database, until it is ended.

The demonstration's sensors are connected, one of them from where it should not be. Meadow's laboratory box was stolen
and is seen again and again. A third customer stands behind a gateway that has fallen silent, so that a cut-off there
waits; two more of its boxes were found again. Then the first gateway goes on reporting, and cuts whatever is reported
lost or stolen.
"""

import os
import time
from datetime import timedelta

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()

from django.db.models import F
from django.utils import timezone

from accounts.models import AccessToken
from accounts.operations.add_person import add_person
from accounts.operations.make_token import make_token
from accounts.operations.note_token_use import note_token_use
from accounts.operations.record_sign_in import Caller
from accounts.operations.request_invitation import request_invitation
from notices.models import Mail
from notices.operations.send_mails import send_mails
from sensors.cases.operations.add_case_note import add_case_note
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.escalate_cases import escalate_cases
from sensors.cases.operations.report_loss import report_loss
from sensors.cases.operations.request_closing import request_closing
from sensors.enrolment.operations.request_sensor_code import request_sensor_code
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.models import Case, CaseNote, CaseOutcome, DiskKeyRelease, Gateway, GatewayContact, Sensor, Session
from tenants.actors import Actor
from tenants.models import Customer, Person, Site
from tenants.operations.announce import announce_all
from tenants.operations.announce_networks import announce_networks
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.operations.register_customer import register_customer
from tenants.operations.register_site import register_site
from tenants.operations.set_change_policy import set_change_policy
from tenants.roles import CustomerRole, Permission, ProviderRole
from tests.support.browser.stand_in import StandIn, enrol_box, open_disk

ACTOR = Actor.process("story")


def _tell() -> StandIn:
    agent = StandIn(Gateway.objects.get(name="gateway-1"))
    sensors = {sensor.name: sensor for sensor in Sensor.objects.all()}
    announce_all(announce_networks)  # as the worker does
    enrol_box(sensors.values())
    _connect(agent, sensors)
    _find(agent, _clinic())
    _steal(agent, sensors["meadow-lab"])
    _invite()
    _ask_for_code()
    _ask_for_gateway_code()
    _make_tokens()
    return agent


def _connect(agent: StandIn, sensors: dict[str, Sensor]) -> None:
    now = timezone.now()
    agent.connect(sensors["harbour-rack2"], source="198.51.100.21", since=now - timedelta(days=12, hours=3))
    agent.report()
    open_disk(sensors["harbour-rack2"])
    agent.connect(sensors["harbour-rack2"], source="198.51.100.21", since=now - timedelta(days=2, hours=5, minutes=11))
    agent.connect(sensors["harbour-gate"], source="203.0.113.80", since=now - timedelta(hours=1, minutes=24))
    agent.connect(sensors["meadow-server"], source="198.51.100.22", since=now - timedelta(days=6, minutes=48))
    agent.connect(sensors["meadow-lab"], source="198.51.100.22", since=now - timedelta(days=6, minutes=47))
    agent.report()
    for name in ("harbour-rack2", "harbour-gate", "meadow-server", "meadow-lab"):
        open_disk(sensors[name])
    long_ago = {"at": now - timedelta(days=12, hours=3)}
    DiskKeyRelease.objects.filter(pk=DiskKeyRelease.objects.order_by("pk")[0].pk).update(**long_ago)
    latest = DiskKeyRelease.objects.filter(sensor=sensors["harbour-rack2"]).latest("pk")
    DiskKeyRelease.objects.filter(pk=latest.pk).update(at=now - timedelta(days=2, hours=5, minutes=10))
    Session.objects.exclude(ended_at=None).update(ended_at=now - timedelta(days=2, hours=5, minutes=13))


def _clinic() -> Site:
    """Its gateway stopped reporting ten minutes ago, and a box was reported lost seven minutes ago."""
    customer = register_customer(slug="elm", name="Elm Street Clinics", change_delay_minutes=0, registered_by=ACTOR)
    site = register_site(
        customer=customer, name="Surgery, Elm Street 12", expected_networks=["203.0.113.40/29"], registered_by=ACTOR
    )
    gateway = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.89.0.0/16", base_networks=["10.20.0.0/24"],
        registered_by=ACTOR,
    )  # fmt: skip
    sensors = [
        register_sensor(
            site=site, gateway=gateway, name=name, description=what, hardware_serial=serial, line="2.4",
            registered_by=ACTOR,
        )
        for name, what, serial in (
            ("elm-basement", "Tower PC beside the boiler", "SN-6120-A"),
            ("elm-reception", "Flat box under the reception desk", "SN-6120-B"),
        )
    ]  # fmt: skip
    enrol_box(sensors)
    agent = StandIn(gateway)
    for number, sensor in enumerate(sensors):
        agent.connect(sensor, source=f"203.0.113.4{number}", since=timezone.now() - timedelta(days=30))
    agent.report()
    for sensor in sensors:
        open_disk(sensor)
    carla = add_person(email="carla@elm.example", name="Carla Conti", added_by=ACTOR)
    grant_customer_role(person=carla, customer=customer, role=CustomerRole.CONTACT, granted_by=ACTOR)
    GatewayContact.objects.filter(gateway=gateway).update(last_report_at=timezone.now() - timedelta(minutes=10))
    case = report_loss(
        sensor=sensors[1], kind="lost", reported_by=carla, received_at=timezone.now(),
        note="Not under the desk this morning. The cleaners were in at five.",
    )  # fmt: skip
    send_mails()
    _put_back(case, timedelta(minutes=7))
    escalate_cases()
    return site


def _find(agent: StandIn, site: Site) -> None:
    """One was never away, as two people agree; of the other only one says so far what is to become of it."""
    carla = Person.objects.get(email="carla@elm.example")
    otto, olga = (Person.objects.get(email=f"{name}@provider.example") for name in ("otto", "olga"))
    for name, what, serial, outcome, reason in (
        ("elm-archive", "Small PC on the archive's top shelf", "SN-6120-C", CaseOutcome.FALSE_ALARM,
         "It stood behind the new printer all the time, plugged in. Seal 4471 unbroken, seen by Otto and Carla."),
        ("elm-pharmacy", "Black box over the pharmacy's door", "SN-6120-D", CaseOutcome.GIVEN_BACK,
         "The electricians had it in their van for two nights. Seal 4472 unbroken, disk's serial number fits."),
    ):  # fmt: skip
        sensor = register_sensor(
            site=site, gateway=agent.gateway, name=name, description=what, hardware_serial=serial, line="2.4",
            registered_by=ACTOR,
        )  # fmt: skip
        enrol_box([sensor])
        case = report_loss(sensor=sensor, kind="lost", reported_by=carla, received_at=timezone.now())
        agent.cut_what_was_reported()
        send_mails()
        _put_back(case, timedelta(days=2, hours=1))
        approval = request_closing(case=case, outcome=outcome, reason=reason, requested_by=otto)
        if outcome is CaseOutcome.FALSE_ALARM:
            close_case(case=case, approval=approval.pk, approved_by=olga)


def _steal(agent: StandIn, sensor: Sensor) -> None:
    case = report_loss(
        sensor=sensor, kind="stolen", reported_by=Person.objects.get(email="ben@meadow.example"),
        received_at=timezone.now(), callback_phone="+44 20 7946 0102",
        note="Door of the laboratory forced, the box under the desk is gone.\nLast seen by the evening shift at 22:00.",
    )  # fmt: skip
    time.sleep(0.3)
    agent.cut_what_was_reported()
    send_mails()
    _put_back(case, timedelta(minutes=14))
    assert case.reported_by
    note = add_case_note(
        case=case, text="The police were here at 23:10. Their reference is 26/118 402.", written_by=case.reported_by
    )
    CaseNote.objects.filter(pk=note.pk).update(written_at=timezone.now() - timedelta(minutes=5))
    for source, ago in (("203.0.113.9", 9), ("203.0.113.9", 6), ("192.0.2.77", 3)):
        agent.see(sensor, source=source, ago=timedelta(minutes=ago))


def _invite() -> None:
    """A second administrator asks for a colleague."""
    ines = add_person(email="ines@provider.example", name="Ines Ivers", added_by=ACTOR)
    grant_provider_role(person=ines, role=ProviderRole.ADMINISTRATOR, granted_by=ACTOR)
    request_invitation(
        email="noor@provider.example", name="Noor Nasser", phone="", customer=None, role=ProviderRole.OPERATOR,
        reason="Joins the night shift on 1 March. I have met her, and her contract is signed: staff number 118.",
        requested_by=ines,
    )  # fmt: skip


def _ask_for_code() -> None:
    """At a customer who wants two people for that."""
    olga, otto = (Person.objects.get(email=f"{name}@provider.example") for name in ("olga", "otto"))
    box = Sensor.objects.get(name="elm-basement")
    set_change_policy(customer=box.site.customer, change_delay_minutes=30, two_people_for_changes=True, set_by=olga)
    request_sensor_code(
        sensor=box, requested_by=otto,
        reason="The boiler leaked into it. Carla Conti called on Monday and wants it replaced this week: ticket 4471.",
    )  # fmt: skip


def _make_tokens() -> None:
    olga = Person.objects.get(email="olga@provider.example")
    caller = Caller("203.0.113.40", "Firefox")
    look = {Permission.SENSOR_VIEW, Permission.CASE_VIEW}
    make_token(name="Monitoring at base", permissions=look, customer=None, days=90, made_by=olga, caller=caller)
    make_token(
        name="Boxes for Harbour, in the workshop",
        permissions={Permission.SENSOR_VIEW, Permission.SENSOR_MANAGE, Permission.ENROLMENT_CODE_ISSUE},
        customer=Customer.objects.get(slug="harbour"),
        days=30,
        made_by=olga,
        caller=caller,
    )
    used = AccessToken.objects.select_related("use").get(name="Monitoring at base")
    note_token_use(token=used, address="203.0.113.41")


def _ask_for_gateway_code() -> None:
    request_gateway_code(
        gateway=Gateway.objects.get(name="gateway-2"),
        reason="Its disk failed on Sunday. Same machine in rack 2, new disk, set up by me.",
        requested_by=Person.objects.get(email="otto@provider.example"),
    )


def _put_back(case: Case, span: timedelta) -> None:
    """As if all that has happened to it so far had happened earlier."""
    then = {"received_at": F("received_at") - span, "opened_at": F("opened_at") - span}
    Case.objects.filter(pk=case.pk).update(confirmed_at=F("confirmed_at") - span, **then)
    case.measures.update(done_at=F("done_at") - span)
    case.sensor.sessions.update(ended_at=F("ended_at") - span)
    Mail.objects.filter(about=case.about).update(created_at=F("created_at") - span, sent_at=F("sent_at") - span)


def go_on(agent: StandIn) -> None:
    """Reports often enough that nobody thinks the gateway silent, and cuts a moment after a report."""
    last = time.monotonic()
    while True:
        time.sleep(0.2)
        agent.cut_what_was_reported(since=timedelta(seconds=3))
        send_mails()
        if time.monotonic() - last > 20:
            agent.grow()
            agent.report()
            last = time.monotonic()


if __name__ == "__main__":
    teller = _tell()
    print("told", flush=True)  # its starter waits for this
    go_on(teller)
