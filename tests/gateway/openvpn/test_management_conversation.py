"""Replies are matched to what was asked."""

from gateway.openvpn.management import parse_line
from gateway.openvpn.management_conversation import Conversation, Occurrence, ProcessKnown, StatusTaken
from tests.support.gateway.facts import CLIENT_LIST_ROW


def hear(conversation: Conversation, *lines: str) -> list[Occurrence]:
    events = [parse_line(line) for line in lines]
    heard = [conversation.hear(event) for event in events if event is not None]
    return [occurrence for occurrence in heard if occurrence is not None]


def test_a_status_carries_the_time_it_was_asked_for() -> None:
    conversation = Conversation()
    assert conversation.ask("status 3", at=7.0) == "status 3\n"
    [status] = hear(conversation, CLIENT_LIST_ROW, "END")
    assert isinstance(status, StatusTaken)
    assert (len(status.rows), status.asked_at) == (1, 7.0)
    assert not conversation.status_is_on_its_way()


def test_replies_come_in_the_order_of_the_questions_with_log_lines_between() -> None:
    conversation = Conversation()
    for command in ("version", "pid", "log on all", "kill s-aaaaaaaaaaac", "status 3"):
        conversation.ask(command, at=1.0)
    heard = hear(
        conversation,
        "OpenVPN Version: OpenVPN 2.6.14 x",
        "END",
        "SUCCESS: pid=77",
        "SUCCESS: real-time log notification set to ON",
        "1795503279,I,UID set to nobody",
        "END",
        ">LOG:1795503284,D,MANAGEMENT: CMD 'kill s-aaaaaaaaaaac'",
        "SUCCESS: common name 's-aaaaaaaaaaac' found, 1 client(s) killed",
        "END",
    )
    assert ProcessKnown(77) in heard
    assert heard[-1] == StatusTaken((), 1.0)
    assert conversation.oldest_question() is None


def test_a_kill_that_found_nobody_is_answered_too() -> None:
    conversation = Conversation()
    conversation.ask("kill s-aaaaaaaaaaac", at=1.0)
    conversation.ask("status 3", at=2.0)
    assert hear(conversation, "ERROR: common name 's-aaaaaaaaaaac' not found", "END") == [StatusTaken((), 2.0)]


def test_an_end_that_nobody_asked_for_is_no_status() -> None:
    assert hear(Conversation(), CLIENT_LIST_ROW, "END", "SUCCESS: pid=1") == []


def test_it_learns_the_serial_of_a_client_that_was_let_in() -> None:
    conversation = Conversation()
    hear(conversation, ">CLIENT:ESTABLISHED,3", ">CLIENT:ENV,UV_X=1", ">CLIENT:ENV,tls_serial_0=99", ">CLIENT:ENV,END")
    assert conversation.serials == {3: "99"}


def test_a_serial_without_a_client_is_nobodys() -> None:
    conversation = Conversation()
    hear(conversation, ">CLIENT:ENV,tls_serial_0=99")
    assert conversation.serials == {}
