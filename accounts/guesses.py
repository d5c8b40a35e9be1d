"""Each try at a secret of somebody's costs something before it is looked at, and nothing if it was right."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum, auto

from django.http import HttpRequest

from accounts import budgets
from accounts.caller import address_of
from accounts.crowd import Crowded, in_line
from accounts.known_browsers import account_of, known_browser
from accounts.networks import neighbourhood_of, network_of
from limits.budget import Purse
from limits.spending import OutOfBudget, Spent, spend


class Secret(Enum):
    PASSWORD = auto()
    CODE = auto()


class TooManyGuesses(Exception):
    """Not even looked at, right or wrong. It is the same for an address that is nobody's."""


@dataclass
class Guess:
    right: bool = False

    def was_right(self) -> None:
        self.right = True


@contextmanager
def guessing(*, request: HttpRequest, secret: Secret, email: str) -> Iterator[Guess]:
    """Around the look at a secret. Raises TooManyGuesses before it; outside of any transaction."""
    browser = known_browser(request, email)
    spent, counted = _spend_of_browser(browser, secret) or _spend_of_stranger(request, secret, email)
    guess = Guess()
    with ExitStack() as stack:
        if secret is Secret.PASSWORD and not browser:
            try:
                stack.enter_context(in_line())
            except Crowded:
                spent.give_back(*counted)
                raise TooManyGuesses from None
        try:
            yield guess
        finally:
            if guess.right:
                spent.give_back(*counted)


Charge = tuple[Spent, Sequence[Purse]]


def _spend_of_browser(browser: str | None, secret: Secret) -> Charge | None:
    """None for one that is not known, and for one that has used up its own: that counts as not known."""
    if browser is None:
        return None
    budget = budgets.PASSWORDS_OF_BROWSER if secret is Secret.PASSWORD else budgets.CODES_OF_BROWSER
    counted = [budget.of(browser)]
    try:
        return spend(*counted, budgets.TRIES_OF_BROWSER.of(browser)), counted
    except OutOfBudget:
        return None


def _spend_of_stranger(request: HttpRequest, secret: Secret, email: str) -> Charge:
    account, network = account_of(email), network_of(address_of(request))
    if secret is Secret.PASSWORD:
        counted = [
            budgets.PASSWORDS_OF_ACCOUNT.of(account),
            budgets.PASSWORDS_FROM_NETWORK_FOR_ACCOUNT.of(account, network),
            budgets.PASSWORDS_FROM_NETWORK.of(network),
            budgets.PASSWORDS_FROM_NEIGHBOURHOOD.of(neighbourhood_of(address_of(request))),
        ]
    else:
        # Somebody who comes so far knows the password: it is this account alone that matters.
        counted = [budgets.CODES_OF_ACCOUNT.of(account)]
    try:
        return spend(*counted, budgets.TRIES_FROM_NETWORK.of(network)), counted
    except OutOfBudget:
        raise TooManyGuesses from None
