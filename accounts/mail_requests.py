"""Mails that anybody may ask for, for any address: neither a flooded mailbox nor an owner who gets none.

Whether an address is somebody's changes nothing here, and what comes of it is done after the answer.
"""

from enum import StrEnum

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import budgets
from accounts.after_the_answer import AfterTheAnswer
from accounts.caller import address_of, caller_of
from accounts.known_browsers import account_of, known_browser
from accounts.networks import neighbourhood_of, network_of
from accounts.operations.record_sign_in import Caller
from accounts.operations.send_browser_link import send_browser_link
from accounts.operations.send_password_link import send_password_link
from limits.budget import Purse
from limits.spending import OutOfBudget, forgive, spend

sender = AfterTheAnswer("mail-requests", what="mails that were asked for", places=200)


class Link(StrEnum):
    BROWSER = "browser"
    PASSWORD = "password"  # noqa: S105  # what the link is for


class TooManyMails(Exception):
    """From this network, for whomever. The same account asked for too often is no error: its mail is there already."""

    def __str__(self) -> str:
        return _("Too many mails were asked for from your network. Try again in some minutes, or call your provider.")


def ask_for_mail(*, request: HttpRequest, link: Link, email: str) -> None:
    """Raises TooManyMails."""
    account, caller = account_of(email), caller_of(request)
    if _may_be_sent(request, link, account):
        sender.do(lambda: _send(link, account, caller))


def _send(link: Link, account: str, caller: Caller) -> None:
    send = send_browser_link if link is Link.BROWSER else send_password_link
    try:
        send(email=account, caller=caller)
    except Exception:
        # There is no good link in the mailbox, as the next who asks is told.
        forgive(_of_account(link, account))
        raise


def note_that_it_came(*, link: Link, email: str) -> None:
    """A link that was used was read by its owner: another may follow at once."""
    forgive(_of_account(link, account_of(email)))


def _may_be_sent(request: HttpRequest, link: Link, account: str) -> bool:
    if browser := known_browser(request, account):
        try:
            spend(budgets.MAILS_OF_BROWSER.of(link, browser))
        except OutOfBudget:
            pass
        else:
            return True
    address = address_of(request)
    try:
        spend(
            budgets.MAILS_FROM_NETWORK.of(network_of(address)),
            budgets.MAILS_FROM_NEIGHBOURHOOD.of(neighbourhood_of(address)),
        )
    except OutOfBudget:
        raise TooManyMails from None
    try:
        spend(_of_account(link, account))
    except OutOfBudget:
        return False
    return True


def _of_account(link: Link, account: str) -> Purse:
    return budgets.MAILS_OF_ACCOUNT.of(link, account)
