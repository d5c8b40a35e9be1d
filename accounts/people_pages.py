"""A customer's people, for those who look after them: the customer's managers, and the provider's administrators.

Before a change the person shows once more that it is still they: allauth asks, and then goes on with what was sent.
"""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import budgets
from accounts.operations.correct_person import correct_person
from accounts.operations.invite_again import invite_again
from accounts.operations.invite_person import invite_person, needs_second_person
from accounts.operations.request_invitation import request_invitation
from accounts.people_forms import InvitationForm, NameForm, RoleForm
from limits.spending import OutOfBudget, spend
from tenants.models import AccountChange, AccountStep, Approval, Customer, CustomerRoleGroup, Person
from tenants.on_record import on_record
from tenants.operations.change_customer_role import change_customer_role
from tenants.operations.lock_own_people import belongs_elsewhere, managers_of
from tenants.operations.remove_from_customer import remove_from_customer
from tenants.operations.request_customer_role import request_customer_role
from tenants.roles import COUNTED_ROLES, CustomerRole, Permission

LISTING = "tenants.person"
# The same for everybody who is not of this customer: of whom an address is, nothing more is said.
TAKEN = "This address cannot be invited here. Is it right? If so, ask your provider."

View = Callable[..., HttpResponse]


def _proven(view: View) -> View:
    """Of somebody who has not shown a moment ago who they are, allauth asks that first."""
    return cast(View, reauthentication_required(view))


@require_safe
@never_cache
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """To the one customer whose people this person looks after, or a choice of several."""
    customers = list(_customers(request)[:2])
    if not customers:
        raise Http404
    if len(customers) == 1:
        return redirect("people-of", customer=customers[0].pk)
    return render(request, "people/customers.html", {"customers": _customers(request)})


@require_safe
@never_cache
@login_required
def people_of(request: HttpRequest, customer: UUID) -> HttpResponse:
    found = _customer(request, customer)
    on_record(request, listing=LISTING, asked={"customer": [str(found.pk)]})
    waiting = Approval.objects.waiting(timezone.now()).filter(customer=found, action__startswith="person:")
    context = {
        "customer": found,
        "people": _people(found).order_by("name", "pk"),
        "waiting": waiting.select_related("requested_by"),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def invite(request: HttpRequest, customer: UUID) -> HttpResponse:
    found = _customer(request, customer)
    if request.method == "POST":
        return _invite(request, found)
    return render(request, "people/invite.html", {"customer": found, "form": InvitationForm()})


@_proven
def _invite(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            spend(budgets.INVITATIONS_OF_PERSON.of(str(_me(request).pk)))
            messages.success(request, _invited(form, customer, _me(request)))
        except OutOfBudget:
            form.add_error(None, "You have invited many people just now. Try again in some minutes.")
        except ValidationError as error:
            form.add_error(None, error if hasattr(error, "message") else ValidationError(error.messages))
        else:
            return redirect("people-of", customer=customer.pk)
    return render(request, "people/invite.html", {"customer": customer, "form": form}, status=422)


def _invited(form: InvitationForm, customer: Customer, me: Person) -> str:
    """What came of it. Raises ValidationError."""
    wanted = {name: form.cleaned_data[name] for name in ("email", "name", "phone", "role")}
    address = wanted["email"].strip().lower()
    if Person.objects.of_customer(customer).filter(email=address).exists():
        raise ValidationError("This is one of your people already.")
    if _is_anothers(address, customer):
        raise ValidationError(TAKEN)
    if needs_second_person(role=wanted["role"], invited_by=me.actor):
        request_invitation(**wanted, customer=customer, reason=form.cleaned_data["reason"], requested_by=me)
        return "Nobody is invited yet: a second person has to agree. They are told."
    return f"{invite_person(**wanted, customer=customer, invited_by=me.actor)} is invited, by mail."


def _is_anothers(address: str, customer: Customer) -> bool:
    """Also of an account that has ended: what another customer's people did there stays under the name they had."""
    known = Person.objects.filter(email=address).first()
    if known is None or known.is_active:
        return known is not None
    given = AccountChange.objects.filter(person=known, step=AccountStep.GRANT)
    return not given.exists() or given.exclude(customer=customer).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def person(request: HttpRequest, customer: UUID, pk: int) -> HttpResponse:
    """One of them. What is sent says in `do` which of its forms it was."""
    found = _customer(request, customer)
    whom = get_object_or_404(_people(found), pk=pk)
    if request.method == "POST":
        return _change(request, found, whom)
    on_record(request, listing=LISTING, asked={"object": [str(pk)]})
    return _page(request, found, whom, RoleForm(initial={"role": _role(whom)}), NameForm(instance=whom))


@_proven
def _change(request: HttpRequest, customer: Customer, whom: Person) -> HttpResponse:
    do, me = request.POST.get("do"), _me(request)
    role_form = RoleForm(request.POST if do == "role" else None, initial={"role": _role(whom)})
    name_form = NameForm(request.POST if do == "correct" else None, instance=Person.objects.get(pk=whom.pk))
    try:
        if do == "role" and role_form.is_valid():
            messages.success(request, _new_role(role_form, customer, whom, me))
        elif do == "correct" and name_form.is_valid():
            values = name_form.cleaned_data
            correct_person(customer=customer, person=whom, name=values["name"], phone=values["phone"], corrected_by=me)
            messages.success(request, "It is mended. The person gets a mail.")
        elif do == "again":
            spend(budgets.INVITATIONS_OF_PERSON.of(str(me.pk)))
            invite_again(customer=customer, person=whom, invited_by=me)
            messages.success(request, "The invitation is sent once more. Links that were mailed before have ended.")
        else:
            return _page(request, customer, whom, role_form, name_form, status=422)
    except OutOfBudget:
        problem = "You have sent many invitations just now. Try again in some minutes."
        return _page(request, customer, whom, role_form, name_form, problem=problem, status=429)
    except ValidationError as error:
        problem = " ".join(error.messages)
        return _page(request, customer, whom, role_form, name_form, problem=problem, status=409)
    return redirect("people-of", customer=customer.pk)


def _new_role(form: RoleForm, customer: Customer, whom: Person, me: Person) -> str:
    """What came of it. Raises ValidationError."""
    role = CustomerRole(form.cleaned_data["role"])
    if role in COUNTED_ROLES:
        reason = form.cleaned_data["reason"]
        request_customer_role(customer=customer, person=whom, role=role, reason=reason, requested_by=me)
        return "Nothing has changed yet: a second person has to agree. They are told."
    change_customer_role(customer=customer, person=whom, role=role, changed_by=me)
    return f"{whom} is {role} now."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def remove(request: HttpRequest, customer: UUID, pk: int) -> HttpResponse:
    """Says what follows, and then does it."""
    found = _customer(request, customer)
    whom = get_object_or_404(_people(found), pk=pk)
    if request.method == "POST":
        return _remove(request, found, whom)
    on_record(request, listing=LISTING, asked={"object": [str(pk)]})
    return render(request, "people/remove.html", _removal(request, found, whom))


@_proven
def _remove(request: HttpRequest, customer: Customer, whom: Person) -> HttpResponse:
    try:
        ended = remove_from_customer(customer=customer, person=whom, removed_by=_me(request))
    except ValidationError as error:
        context = _removal(request, customer, whom) | {"problem": " ".join(error.messages)}
        return render(request, "people/remove.html", context, status=409)
    messages.success(
        request,
        f"{whom} is removed and signed out." if ended else f"{whom} is removed here, and sees nothing of it any more.",
    )
    return redirect("/") if whom.pk == _me(request).pk else redirect("people-of", customer=customer.pk)


def _removal(request: HttpRequest, customer: Customer, whom: Person) -> dict[str, object]:
    last = _role(whom) == CustomerRole.MANAGER and not managers_of(customer).exclude(pk=whom.pk).exists()
    return {
        "customer": customer,
        "whom": whom,
        "own": whom.pk == _me(request).pk,
        "last_manager": last,
        "elsewhere": belongs_elsewhere(customer=customer, person=whom),
    }


def _page(
    request: HttpRequest,
    customer: Customer,
    whom: Person,
    role_form: RoleForm,
    name_form: NameForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "customer": customer,
        "whom": whom,
        "own": whom.pk == _me(request).pk,
        "role_form": role_form,
        "name_form": name_form,
        "elsewhere": belongs_elsewhere(customer=customer, person=whom),
        "problem": problem,
    }
    return render(request, "people/person.html", context, status=status)


def _role(whom: Person) -> str:
    return str(whom.role)  # type: ignore[attr-defined]  # as `_people` reads them


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _customers(request: HttpRequest) -> QuerySet[Customer]:
    return Customer.objects.permitting(_me(request), Permission.PERSON_MANAGE).order_by("name")


def _customer(request: HttpRequest, pk: UUID) -> Customer:
    return get_object_or_404(_customers(request), pk=pk)


def _people(customer: Customer) -> QuerySet[Person]:
    """With their role here, and whether they have a second factor."""
    role = CustomerRoleGroup.objects.filter(customer=customer, group__user=OuterRef("pk"))
    factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    own: QuerySet[Person] = Person.objects.of_customer(customer)
    return own.annotate(role=Subquery(role.values("role")[:1]), has_factor=Exists(factor))
