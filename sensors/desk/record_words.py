"""What an entry of the audit trail tells of, as a sentence. Pure.

`{actor}` is who did it and `{subject}` what it was done to, in names where they are known. An entry whose action this
release does not know is shown as it stands rather than hidden.
"""

from datetime import UTC, datetime
from typing import Any

from tenants.audit.actions import AuditAction as A

SENTENCES: dict[str, str] = {
    A.APPROVAL_APPROVED: "{actor} agreed to a request about {subject}.",
    A.APPROVAL_OVERTAKEN: "A request about {subject} was overtaken by what {actor} did.",
    A.APPROVAL_REFUSED: "{actor} refused a request about {subject}.",
    A.APPROVAL_REQUEST: "{actor} asked for something about {subject} that needs a second person.",
    A.APPROVAL_WITHDRAWN: "{actor} took back a request about {subject}.",
    A.CASE_CLOSE: "{actor} closed the case of {subject}.",
    A.CASE_ESCALATE: "People were told that the cut-off of {subject} is not confirmed yet.",
    A.CASE_MEASURE_OBSERVED: "A measure of the cut-off of {subject} was observed by {actor}.",
    A.CASE_NOTE: "{actor} wrote a note on the case of {subject}.",
    A.CASE_OPEN: "{actor} reported {subject} lost or stolen.",
    A.CERTIFICATE_ISSUE: "A certificate was issued for {subject}.",
    A.CERTIFICATE_REFUSE: "A certificate for {subject} was refused.",
    A.CERTIFICATE_REVOKE: "The certificates of {subject} were revoked by {actor}.",
    A.CERTIFICATE_SUPERSEDE: "Older certificates of {subject} were revoked, since it has a new one.",
    A.CUSTOMER_IMPORT_BEGIN: "{actor} began to bring in sites, people and sensors out of a file.",
    A.CUSTOMER_IMPORT_END: "{actor} ended the bringing in of a file.",
    A.CUSTOMER_REGISTER: "{actor} registered this customer.",
    A.CUSTOMER_RENAME: "{actor} renamed this customer.",
    A.CUSTOMER_SET_CHANGE_POLICY: "{actor} changed the policy for changes.",
    A.CUSTOMER_SET_SETUP: "{actor} changed the facts for the setup of all sensors.",
    A.GATEWAY_AHEAD_OF_PORTAL: "{subject} knew more than the portal.",
    A.GATEWAY_CHANGE: "{actor} changed {subject}.",
    A.GATEWAY_ENROLMENT_CODE_ISSUE: "{actor} issued an enrolment code for {subject}.",
    A.GATEWAY_ENROLMENT_REQUEST: "A machine asked to become {subject}.",
    A.GATEWAY_GIVE_BACK: "{actor} let another machine take the place of {subject}.",
    A.GATEWAY_REGISTER: "{actor} registered {subject}.",
    A.GATEWAY_RENEWAL_REQUEST: "{subject} asked for a new certificate.",
    A.GATEWAY_REVOKE: "{actor} revoked {subject}: its sensors are without a tunnel.",
    A.KEY_ENCRYPTION_KEY_ADD: "{actor} added {subject}.",
    A.KEY_ENCRYPTION_KEY_REMOVE: "{actor} removed {subject}.",
    A.KEY_ENCRYPTION_KEY_ROTATE: "{actor} sealed keys again, under {subject}.",
    A.KEY_ENCRYPTION_KEY_SWITCH: "{actor} switched to {subject}.",
    A.LIST_READ: "{actor} read a list: {subject}.",
    A.LOSS_CARD_LIMIT: "{actor} asked for {subject} to be cut off: refused, too many by one card in an hour.",
    A.LOSS_CARD_MAKE: "{actor} made {subject}.",
    A.LOSS_CARD_REVOKE: "{actor} revoked {subject}.",
    A.LOSS_REPORT_REHEARSE: "{actor} rehearsed a loss report. Nothing was cut off.",
    A.PERSON_ADD: "{actor} made an account for {subject}.",
    A.PERSON_BROWSER_ASK: "A mail to make a browser known was asked for, for {subject}.",
    A.PERSON_BROWSER_KNOWN: "A browser of {subject} was made known.",
    A.PERSON_CORRECT: "{actor} mended how {subject} is written.",
    A.PERSON_DISABLE: "{actor} took the right to sign in from {subject}.",
    A.PERSON_INVITE_AGAIN: "{actor} sent the invitation of {subject} again.",
    A.PERSON_LANGUAGE_CHOOSE: "{subject} chose a language and a time zone.",
    A.PERSON_PASSKEY_ADD: "{subject} added a passkey.",
    A.PERSON_PASSKEY_REMOVE: "{subject} removed a passkey.",
    A.PERSON_PASSWORD_ASK: "A mail to set a password was asked for, for {subject}.",
    A.PERSON_PASSWORD_CHANGE: "{subject} changed the password.",
    A.PERSON_PASSWORD_RESET: "{subject} set a password by a mailed link.",
    A.PERSON_READMIT: "{actor} invited {subject} back.",
    A.PERSON_RECOVERY_CODE_USE: "{subject} used a recovery code.",
    A.PERSON_RECOVERY_CODES_RENEW: "{subject} made new recovery codes.",
    A.PERSON_ROLE_GRANT: "{actor} gave {subject} a role.",
    A.PERSON_ROLE_REVOKE: "{actor} took a role from {subject}.",
    A.PERSON_SECOND_FACTOR_OFF: "The second factor of {subject} was turned off by {actor}.",
    A.PERSON_SECOND_FACTOR_ON: "{subject} turned a second factor on.",
    A.PERSON_SESSION_BEGIN: "{subject} signed in.",
    A.PERSON_SESSION_CONFIRM: "{subject} showed once more who they are.",
    A.PERSON_SESSION_END: "{subject} signed out.",
    A.PERSON_SESSION_REFUSE: "Somebody failed to sign in as {subject}.",
    A.PERSON_SESSION_THROTTLE: "Too many tries to sign in as {subject}: they were not looked at.",
    A.PERSON_TOKEN_MAKE: "{subject} made a token for a program.",
    A.PERSON_TOKEN_REFUSE: "A token of {subject} was refused: it is at its end.",
    A.PERSON_TOKEN_REVOKE: "{actor} revoked a token of {subject}.",
    A.RESTORATION_BEGIN: "{actor} restored the portal from a backup.",
    A.RESTORATION_SETTLE: "{actor} settled the restoration from a backup.",
    A.SENSOR_DESCRIBE: "{actor} described {subject}.",
    A.SENSOR_DISK_KEY_HOLD: "{subject} asked for its key and did not get it yet: it is held.",
    A.SENSOR_DISK_KEY_PERMIT: "{actor} let {subject} have its key once.",
    A.SENSOR_DISK_KEY_REFUSE: "{subject} asked for its key and was refused.",
    A.SENSOR_DISK_KEY_RELEASE: "{subject} got the key of its disk.",
    A.SENSOR_ENROLMENT_CODE_ISSUE: "{actor} issued an enrolment code for {subject}.",
    A.SENSOR_ENROLMENT_REQUEST: "A box asked to become {subject}.",
    A.SENSOR_MOVE: "{actor} moved {subject} to another site or gateway.",
    A.SENSOR_REGISTER: "{actor} registered {subject}.",
    A.SENSOR_RENEWAL_REQUEST: "{subject} asked for a new certificate.",
    A.SENSOR_REPLACE: "{actor} replaced a broken box: {subject}.",
    A.SENSOR_SET_SETUP: "{actor} changed the facts for the setup of {subject}.",
    A.SENSOR_STATE_CHANGE: "{actor} brought {subject} into another state.",
    A.SITE_CHANGE: "{actor} changed {subject}.",
    A.SITE_REGISTER: "{actor} registered {subject}.",
    A.SITE_SET_SETUP: "{actor} changed the facts for the setup of {subject}.",
}

# What says nothing to a reader who has the sentence.
_UNSAID = frozenset({"approval", "sensor", "serial", "for", "key"})
MOST = 400


def sentence(action: str, *, actor: str, subject: str) -> str:
    template = SENTENCES.get(action)
    text = template.format(actor=actor, subject=subject) if template else f"{actor}: {action}, {subject}"
    return text[0].upper() + text[1:] if text.startswith(("the portal", "a machine")) else text


def changes(details: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was changed: its name, before and after. Empty where the entry has no before."""
    before, after = details.get("from"), details.get("to")
    if before is None and after is None:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return [(_word(name), _text(before.get(name)), _text(after.get(name))) for name in names]
    return [("", _text(before), _text(after))]


def further(details: dict[str, Any]) -> list[tuple[str, str]]:
    """What else the entry says."""
    said = {name: value for name, value in details.items() if name not in _UNSAID | {"from", "to"}}
    return [(_word(name), _text(value)) for name, value in said.items() if value not in (None, "", [], {})]


def _word(name: str) -> str:
    return str(name).replace("_", " ").capitalize()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))[:MOST] or "nothing"
    if isinstance(value, dict):
        return "; ".join(f"{_word(name).lower()} {_text(part)}" for name, part in value.items())[:MOST]
    return _moment(value) or str("nothing" if value in (None, "") else value)[:MOST]


def _moment(value: Any) -> str:
    """Empty for what is none."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return ""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC" if at and at.tzinfo else ""
