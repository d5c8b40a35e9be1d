"""The way in while others have used up an account's tries: a mailed link makes this browser a known one."""

from allauth.account.fields import EmailField
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.caller import caller_of
from accounts.known_browsers import make_known
from accounts.mail_requests import Link, TooManyMails, ask_for_mail, note_that_it_came
from accounts.operations.use_browser_link import LinkRefused, person_of_link, use_browser_link


class AskForBrowserLink(forms.Form):
    email = EmailField(required=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_browser_link(request: HttpRequest) -> HttpResponse:
    form = AskForBrowserLink(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_mail(request=request, link=Link.BROWSER, email=form.cleaned_data["email"])
        except TooManyMails as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("browser-link-sent")
    return render(request, "account/browser_link.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD"])
def browser_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/browser_link_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_browser_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What opens links before people do, such as a mail server that looks for harm, sends no form: it uses none up."""
    if request.method != "POST":
        return render(request, "account/browser_link_use.html", {"is_good": person_of_link(secret) is not None})
    try:
        person = use_browser_link(secret=secret, caller=caller_of(request))
    except LinkRefused:
        return render(request, "account/browser_link_use.html", {"is_good": False})
    make_known(request, person)
    note_that_it_came(link=Link.BROWSER, email=person.email)
    messages.success(request, _("This browser is known now. Sign in as always."))
    return redirect("account_login")
