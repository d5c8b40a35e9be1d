"""Who reads what of a case's mails: the page and REST show this, and nothing else."""

import ast
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Mail
from sensors.cases.delivery_log import SHOWN, Delivery, DeliveryLog, Party, delivery_log
from sensors.cases.mail_words import kind_in_words
from sensors.cases.operations.add_case_note import add_case_note
from sensors.models import Case
from tenants.models import Person
from tests.support.checkout import CHECKOUT
from tests.support.fleet import Fleet


@pytest.fixture
def reported(fleet: Fleet) -> Case:
    return fleet.reported(fleet.connected(), by=fleet.world.manager)


def log_of(case: Case, reader: Person) -> DeliveryLog:
    """As a new request reads it."""
    found = Case.objects.select_related("sensor__site__customer").get(pk=case.pk)
    return delivery_log(found, Person.objects.get(pk=reader.pk))


def mails_of(case: Case) -> Any:
    return Mail.objects.filter(about=case.about)


def send(case: Case, *recipients: str) -> None:
    mails_of(case).filter(recipient__in=recipients).update(sent_at=timezone.now(), attempts=1)


def queue(case: Case, recipient: str, count: int = 1, kind: str = "case_note") -> None:
    """`{}` in the address is the number of the mail."""
    Mail.objects.bulk_create(
        Mail(recipient=recipient.format(number), subject="s", body="b", about=case.about, kind=kind)
        for number in range(count)
    )


def to(log: DeliveryLog, who: str) -> Delivery:
    [found] = [each for each in log.deliveries if each.who == who]
    return found


def test_the_first_sentence_says_how_many_were_told(fleet: Fleet, reported: Case):
    owner = fleet.world.owner
    assert log_of(reported, owner).summary == "Nobody was told yet: 4 mails are waiting."
    send(reported, "owner@example.org", "operator@example.org", "administrator@example.org")
    assert log_of(reported, owner).summary == "3 of 4 people were told; 1 mail is waiting."
    send(reported, "manager@example.org")
    assert log_of(reported, owner).summary == "4 people were told."
    queue(reported, "owner@example.org")
    assert log_of(reported, owner).summary == "4 people were told; 1 mail is waiting."


def test_the_first_sentence_for_one_and_for_nobody(fleet: Fleet, reported: Case):
    mails_of(reported).exclude(recipient="owner@example.org").delete()
    assert log_of(reported, fleet.world.owner).summary == "Nobody was told yet: 1 mail is waiting."
    send(reported, "owner@example.org")
    assert log_of(reported, fleet.world.owner).summary == "1 person was told."
    mails_of(reported).delete()
    assert log_of(reported, fleet.world.owner).summary == "No mail about this case is on record."


@pytest.mark.parametrize("role", ["owner", "manager", "viewer"])
def test_a_customers_people_read_their_own_names_and_how_many_of_the_staff(fleet: Fleet, reported: Case, role: str):
    send(reported, "operator@example.org", "owner@example.org")
    log = log_of(reported, getattr(fleet.world, role))
    assert [(each.who, each.party) for each in log.deliveries] == [
        ("The provider's staff (2)", Party.PROVIDER),
        ("Manager", Party.CUSTOMER),
        ("Owner", Party.CUSTOMER),
    ]
    assert {each.address for each in log.deliveries} == {""}
    assert "@" not in repr(log)
    staff = log.deliveries[0]
    assert (staff.mails, staff.handed_over, staff.what) == (2, 1, "Reported")
    assert staff.handed_over_at
    assert staff.waiting_since


@pytest.mark.parametrize("role", ["administrator", "operator", "auditor"])
def test_the_providers_staff_read_all_with_addresses(fleet: Fleet, reported: Case, role: str):
    log = log_of(reported, getattr(fleet.world, role))
    assert {(each.who, each.address, each.party.value) for each in log.deliveries} == {
        ("Administrator", "administrator@example.org", "provider"),
        ("Operator", "operator@example.org", "provider"),
        ("Owner", "owner@example.org", "customer"),
        ("Manager", "manager@example.org", "customer"),
    }


@pytest.mark.parametrize("address", ["stranger@example.org", "gone@example.org", "left@example.org"])
def test_whoever_is_none_of_theirs_is_not_named_to_them(fleet: Fleet, reported: Case, address: str):
    """Another customer's, one without an account, and one of theirs who may not sign in any more."""
    Person.objects.filter(email="manager@example.org").update(email="left@example.org", is_active=False)
    mails_of(reported).filter(recipient="manager@example.org").delete()
    queue(reported, address)
    log = log_of(reported, fleet.world.owner)
    assert [each.who for each in log.deliveries] == [
        "The provider's staff (2)",
        "Others, whose account was changed or ended since (1)",
        "Owner",
    ]
    assert "@" not in repr(log)
    assert "Stranger" not in repr(log)
    assert address in {each.address for each in log_of(reported, fleet.world.auditor).deliveries}


def test_one_of_the_staff_who_has_a_role_at_the_customer_is_not_named_to_it(fleet: Fleet, reported: Case):
    group = fleet.world.owner.groups.get(customerrolegroup__isnull=False)
    fleet.world.operator.groups.add(group)
    assert "Operator" not in repr(log_of(reported, fleet.world.manager))


def test_a_mail_that_waits_says_since_when_how_often_it_was_tried_and_why(fleet: Fleet, reported: Case):
    since = timezone.now() - timedelta(minutes=7)
    error = "SMTPRecipientsRefused: {'owner@example.org': (550, b'5.1.1 <b>no</b> operator@example.org')}"
    mails_of(reported).update(attempts=3, last_error=error, created_at=since)
    log = log_of(reported, fleet.world.owner)
    owner = to(log, "Owner")
    assert (owner.waiting_since, owner.tries, owner.trouble) == (since, 3, "the mail server refuses the address")
    assert "550" not in repr(log)
    assert to(log, "The provider's staff (2)").trouble == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("", ""),
        ("ConnectionRefusedError: [Errno 111] mail.inside.example", "the mail server cannot be reached"),
        ("SMTPAuthenticationError: (535, b'user nsm')", "the mail server does not let the portal in"),
        ("SMTPDataError: (554, b'spam')", "the mail server does not take it"),
        ("BadHeaderError: Header values", "it could not be sent"),
        ("<b>: x", "it could not be sent"),
    ],
)
def test_what_the_mail_server_said_is_told_in_plain_words(fleet: Fleet, reported: Case, error: str, words: str):
    mails_of(reported).update(last_error=error, attempts=1)
    assert to(log_of(reported, fleet.world.owner), "Owner").trouble == words


def test_those_that_wait_stand_first_and_then_the_latest(fleet: Fleet, reported: Case):
    send(reported, *mails_of(reported).values_list("recipient", flat=True))
    mails_of(reported).filter(recipient="owner@example.org").update(sent_at=F("sent_at") + timedelta(seconds=9))
    mails_of(reported).filter(recipient="manager@example.org").update(sent_at=None)
    assert [each.who for each in log_of(reported, fleet.world.viewer).deliveries][1:] == ["Manager", "Owner"]


def test_a_kind_that_was_not_recorded_is_said_to_be_so(fleet: Fleet, reported: Case):
    mails_of(reported).update(kind=None)
    assert {each.what for each in log_of(reported, fleet.world.auditor).deliveries} == {"Not recorded which"}
    assert log_of(reported, fleet.world.owner).people == 4


def test_the_kinds_are_those_of_what_happened(fleet: Fleet, reported: Case):
    fleet.observe(cuts=[fleet.cut_of(reported.sensor)])
    add_case_note(case=reported, text="Rack 2 is empty.", written_by=fleet.world.owner)
    log = log_of(reported, fleet.world.manager)
    assert {(each.who, each.what) for each in log.deliveries} == {
        ("The provider's staff (2)", "Reported"),
        ("The provider's staff (2)", "Cut-off confirmed"),
        ("The provider's staff (2)", "A note"),
        ("Owner", "Reported"),
        ("Owner", "Cut-off confirmed"),
        ("Manager", "Reported"),
        ("Manager", "Cut-off confirmed"),
        ("Manager", "A note"),
    }


def test_each_mail_about_a_case_has_words():
    """One that is new needs words, too."""
    templates = set()
    for path in (CHECKOUT / "sensors/cases/operations").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = {each.arg: each.value for each in node.keywords} if isinstance(node, ast.Call) else {}
            if "template" in named and ast.unparse(named["about"]) == "case.about":
                templates.add(ast.literal_eval(named["template"]))
    assert len(templates) > 5
    assert [each for each in templates if kind_in_words(each) == each] == []


def test_another_cases_mails_are_not_in_it(fleet: Fleet, reported: Case):
    theirs = fleet.reported(fleet.connected("box-2", fleet.world.dairy), by=fleet.world.stranger)
    assert log_of(theirs, fleet.world.stranger).mails == 3
    assert "Owner" not in repr(log_of(theirs, fleet.world.stranger))
    assert log_of(reported, fleet.world.owner).mails == 4


@pytest.mark.parametrize("role", ["auditor", "owner"])
def test_five_hundred_mails_cost_as_many_queries_as_four(fleet: Fleet, reported: Case, role: str):
    counts = []
    for expected in (4, 504):
        with CaptureQueriesContext(connection) as queries:
            assert log_of(reported, getattr(fleet.world, role)).mails == expected
        counts.append(len(queries))
        queue(reported, "gone-{}@example.org", 250)
        queue(reported, "owner@example.org", 250)
    assert counts[0] == counts[1]
    assert counts[0] <= 7


def test_twenty_are_named_and_of_the_others_is_said_how_many(fleet: Fleet, reported: Case):
    queue(reported, "owner@example.org", 500)
    assert (len(log_of(reported, fleet.world.auditor).deliveries), log_of(reported, fleet.world.auditor).more) == (
        SHOWN,
        484,
    )
    log = log_of(reported, fleet.world.manager)
    assert (len(log.deliveries), log.more) == (SHOWN + 1, 482)
