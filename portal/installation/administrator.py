"""The first administrator, with a link to begin with on the terminal: whether a mail arrives is not known yet."""

from portal.installation.answers import Answers
from portal.installation.manage import manage
from portal.installation.portal_state import forget, portal_state
from portal.installation.refusals import SetupRefused


def missing(answers: Answers) -> list[str]:
    try:
        state = portal_state()
    except SetupRefused:
        return [f"invite {answers.administrator} as administrator"]
    return [] if state.administrator else [f"invite {answers.administrator} as administrator"]


def mend(answers: Answers) -> None:
    manage("create_administrator", answers.administrator, answers.shown_name)
    forget()


def link(answers: Answers) -> str:
    """To set the first password with, once and within an hour; empty if the first administrator has one already."""
    if portal_state().administrator != "invited":
        return ""
    return manage("show_first_link", answers.administrator).strip()
