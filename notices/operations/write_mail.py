from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext


def write_mail(*, template: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject and text, from `templates/mail/<template>.txt`, whose first line is the subject. In the active language.

    Each ends with the number to call, if there is one. Links are `base_url` and a path: mails are written at the
    machines' door, too, which knows no page by name.
    """
    known = {"base_url": settings.BASE_URL, "provider_name": settings.PROVIDER_NAME}
    subject, _, body = render_to_string(f"mail/{template}.txt", context | known).strip().partition("\n")
    number = settings.PROVIDER_PHONE
    call = "\n" + gettext("Call us, day and night: %(number)s") % {"number": number} if number else ""
    return subject.strip()[:200], f"{body.strip()}{call}\n"
