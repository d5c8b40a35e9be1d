"""Which language: on a page of one's own for who is signed in, by a cookie for everybody else."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.caller import caller_of
from accounts.operations.choose_language import choose_language
from notices.time_zones import known_zones
from tenants.models import Person
from tenants.page_language import speak


class LanguageForm(forms.Form):
    """What there is says `choose_language`: here is what a browser is offered."""

    language = forms.CharField(label=_("Language"), required=False, max_length=20, widget=forms.Select())
    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("Times are shown in it, and in UTC beside it."),
        required=False,
        max_length=60,
        widget=forms.Select(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["language"].widget.choices = [("", _("As my browser asks")), *settings.LANGUAGES]
        usual = _("As usual here: %(zone)s") % {"zone": settings.DEFAULT_TIME_ZONE}
        fields["time_zone"].widget.choices = [("", usual), *((name, name) for name in known_zones())]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_language(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)  # noqa: S101  # behind `login_required`
    if request.method != "POST":
        form = LanguageForm(initial={"language": person.language, "time_zone": person.time_zone})
        return render(request, "account/language.html", {"form": form})
    form = LanguageForm(request.POST)
    if form.is_valid():
        try:
            choose_language(person=person, caller=caller_of(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            # What is said now is read on the next page, which speaks the new language.
            with translation.override(form.cleaned_data["language"] or translation.get_language()):
                messages.success(request, gettext("Your language and time zone are kept."))
            return redirect("own-language")
    return render(request, "account/language.html", {"form": form}, status=422)


@never_cache
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """For who is not signed in: a cookie, and back to the page of this portal from which it was asked."""
    speak(request, request.POST.get("language", ""))
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return redirect(asked if is_ours else settings.LOGIN_URL)
