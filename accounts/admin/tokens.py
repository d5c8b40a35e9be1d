"""Programs' tokens: staff see them, an administrator can end anybody's."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from unfold.decorators import action

from accounts.caller import caller_of
from accounts.models import AccessToken
from accounts.operations.revoke_token import revoke_token
from tenants.confirm_page import confirm_page
from tenants.provider_admin import ReadOnlyAdmin, roles_of, staff_of
from tenants.roles import ProviderRole

_SHOWN = ("person", "name", "prefix", "permissions", "customer", "made_at", "expires_at", "last_use")


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    list_display = ("person", "name", "prefix", "customer", "expires_at", "last_use", "revoked_at")
    list_select_related = ("person", "customer", "use")
    search_fields = ("person__email", "name", "prefix")
    fieldsets = ((None, {"fields": (*_SHOWN, "standing")}),)
    actions_detail = ("to_revoke_page",)

    @admin.display(description="last used")
    def last_use(self, token: AccessToken) -> str:
        return str(token.use)

    @admin.display(description="standing")
    def standing(self, token: AccessToken) -> str:
        if token.revoked_at is not None:
            who = token.revoked_by or "a command on the portal's host"
            return f"Revoked {token.revoked_at:%d %b %Y, %H:%M} UTC by {who}."
        if token.has_ended():
            return "Ended: a role, the second factor or the right to sign in was taken away since it was made."
        return "Good until its end."

    @action(description="Revoke", url_path="to-revoke")  # type: ignore[untyped-decorator]
    def to_revoke_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("../revoke/")

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        page = self.admin_site.admin_view(revoke_page)
        return [path("<int:pk>/revoke/", page, name="accounts_accesstoken_revoke"), *urls]


@never_cache
def revoke_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Raises Http404, and PermissionDenied for staff who only look."""
    staff = staff_of(request)
    token = get_object_or_404(AccessToken.objects.visible_to(staff).select_related("person"), pk=pk)
    if ProviderRole.ADMINISTRATOR not in roles_of(request):
        raise PermissionDenied

    def revoke(_reason: str) -> str:
        revoke_token(token=token, revoked_by=staff, caller=caller_of(request))
        return f"{token} is revoked. {token.person} is told."

    return confirm_page(
        request,
        title=f"Revoke {token} of {token.person}",
        consequences=[
            "What uses this token is refused from the next call on.",
            f"{token.person} gets a mail with your name.",
            "There is no way back; its person can make a new one.",
        ],
        button="Revoke now",
        change_url=reverse("admin:accounts_accesstoken_change", args=[pk]),
        do=revoke,
    )
