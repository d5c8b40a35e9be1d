"""Look through the rows of a file before anything is written: what each would make, and what is wrong with it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from accounts.operations.invite_person import needs_second_person
from accounts.operations.request_invitation import ACTION, MOST_WAITING
from sensors.fleet.operations.allocate_address import free_addresses
from sensors.models import Gateway
from sensors.onboarding.columns import Column, Fault, Kind, Row, place
from sensors.onboarding.making import (
    FaultyCell,
    box_of,
    boxes_at,
    is_same_box,
    is_same_site,
    person_of,
    role_of,
    roles_at,
    site_of,
)
from tenants.models import Approval, Customer, Person, Site
from tenants.operations.check_standing import why_not
from tenants.roles import CustomerRole, Permission

# A number that a spreadsheet has rounded: 4.47E+12, or 4,47E+12.
_ROUNDED = re.compile(r"\A[0-9][.,]?[0-9]*E\+[0-9]+\Z")


@dataclass
class Found:
    """Those that are new, by kind, each with what it will be made from; and how many are there already."""

    new: dict[Kind, list[Row]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    there_already: int = 0
    faults: list[Fault] = field(default_factory=list)


class RowCheck:
    """Of one file, for one customer, by one person."""

    def __init__(self, *, customer: Customer, person: Person, faults: list[Fault]) -> None:
        self._customer, self._person = customer, person
        self.found = Found(faults=faults)
        self._first_row: dict[tuple[str, ...], str] = {}
        self._sites: dict[str, Site] = {site.name: site for site in Site.objects.filter(customer=customer)}
        self._named_sites: dict[str, Row] = {}
        # What is wrong with these is told once, and not again at each of their boxes.
        self._faulty_sites: set[str] = set()
        self._boxes = boxes_at(customer)
        self._wanted_addresses: dict[str, int] = {}
        self._asks = 0

    def look_through(self, rows: Iterable[Row]) -> Found:
        checks = {Kind.SITE: self._site, Kind.PERSON: self._one_person, Kind.BOX: self._box}
        for row in rows:
            try:
                is_there = checks[row.kind](row)
            except FaultyCell as faulty:
                if row.kind is Kind.SITE:
                    self._faulty_sites.add(row[Column.SITE])
                self.found.faults.append(row.fault(faulty.column, faulty.words))
                continue
            if is_there:
                self.found.there_already += 1
            else:
                self.found.new[row.kind].append(row)
        made = {row[Column.SITE] for row in self.found.new[Kind.SITE]} | self._sites.keys() | self._faulty_sites
        for name, row in self._named_sites.items():
            if name not in made:
                words = f"There is no site '{name[:60]}', and the file makes none. Add a row for it, or mend the name."
                self.found.faults.append(row.fault(Column.SITE, words))
        return self.found

    def _once(self, row: Row, column: Column, *key: str) -> None:
        first = self._first_row.setdefault((row.kind, *key), place(row.sheet, row.number))
        if first != place(row.sheet, row.number):
            raise FaultyCell(column, f"The same stands in {first} already. Leave one of the two out.")

    def _site(self, row: Row) -> bool:
        self._demand(row, Column.SITE, Column.NETWORKS)
        wanted = site_of(row, self._customer)
        self._once(row, Column.SITE, wanted.name)
        there = self._sites.get(wanted.name)
        return there is not None and is_same_site(there, wanted)

    def _one_person(self, row: Row) -> bool:
        if not self._may_invite:
            raise FaultyCell(Column.KIND, "Only an administrator invites people. Leave the people out, or ask one.")
        self._demand(row, Column.EMAIL, Column.NAME, Column.ROLE)
        wanted, role = person_of(row), role_of(row)
        self._once(row, Column.EMAIL, wanted.email)
        if wanted.email in self._roles:
            if self._roles[wanted.email] == role:
                return True
            raise FaultyCell(Column.ROLE, f"This person is here already, as {self._roles[wanted.email]}.")
        if asked := self._asked_for.get(wanted.email):
            if asked == (str(self._customer.pk), role):
                return True
            raise FaultyCell(
                Column.EMAIL, "An invitation to this address, as something else, waits for a second person."
            )
        if Person.objects.active().filter(email=wanted.email).exists():
            raise FaultyCell(Column.EMAIL, "Somebody who is not of this customer has this e-mail address already.")
        if role in self._need_two:
            self._ask(row)
        return False

    def _ask(self, row: Row) -> None:
        self._asks += 1
        if self._why_not:
            raise FaultyCell(Column.ROLE, f"A {row[Column.ROLE]} needs two people. {self._why_not}")
        if not row[Column.REASON]:
            raise FaultyCell(Column.REASON, "Another administrator has to agree. Say who it is: they read this.")
        if self._asks > self._may_ask_for:
            raise FaultyCell(
                Column.ROLE,
                f"At most {MOST_WAITING} invitations of yours may wait for another administrator."
                " Import this row when those are decided.",
            )

    def _box(self, row: Row) -> bool:
        self._demand(row, Column.SITE, Column.NAME)
        if _ROUNDED.match(row[Column.SERIAL]):
            words = "The spreadsheet has rounded this number. Format the column as text, and type it again."
            raise FaultyCell(Column.SERIAL, words)
        wanted = box_of(row)
        self._once(row, Column.NAME, row[Column.SITE], wanted.name)
        self._named_sites.setdefault(row[Column.SITE], row)
        site = self._sites.get(row[Column.SITE])
        there = self._boxes.get((site.pk, wanted.name)) if site else None
        if there:
            told = row[Column.GATEWAY]
            return is_same_box(there, wanted, self._gateway(row) if told else None)
        gateway = self._gateway(row)
        row.cells[Column.GATEWAY] = gateway.name
        wanted_here = self._wanted_addresses[gateway.name] = self._wanted_addresses.get(gateway.name, 0) + 1
        if wanted_here == self._free[gateway.name] + 1:
            raise FaultyCell(
                Column.GATEWAY,
                f"Gateway {gateway.name} has only {self._free[gateway.name]:,} free addresses: no room from here on.",
            )
        return False

    def _gateway(self, row: Row) -> Gateway:
        told = row[Column.GATEWAY]
        if not told and len(self._gateways) == 1:
            return next(iter(self._gateways.values()))
        if told not in self._gateways:
            names = ", ".join(sorted(self._gateways)) or "none: register one first"
            raise FaultyCell(Column.GATEWAY, f"Write the name of a gateway that is in service ({names}).")
        return self._gateways[told]

    @staticmethod
    def _demand(row: Row, *columns: Column) -> None:
        for column in columns:
            if not row[column]:
                raise FaultyCell(column, f"A {row.kind} needs this. Fill it in.")

    @cached_property
    def _gateways(self) -> dict[str, Gateway]:
        return {gateway.name: gateway for gateway in Gateway.objects.visible_to(self._person).serving()}

    @cached_property
    def _free(self) -> dict[str, int]:
        return {name: free_addresses(gateway=gateway) for name, gateway in self._gateways.items()}

    @cached_property
    def _may_invite(self) -> bool:
        return self._customer.permits(self._person, Permission.PERSON_MANAGE)

    @cached_property
    def _roles(self) -> dict[str, str]:
        return roles_at(self._customer)

    @cached_property
    def _asked_for(self) -> dict[str, tuple[str | None, str]]:
        """Customer and role of each invitation that waits for a second person, by the address."""
        waiting = Approval.objects.waiting(timezone.now()).filter(action=ACTION).values_list("details", flat=True)
        return {details["email"]: (details["customer"], details["role"]) for details in waiting}

    @cached_property
    def _need_two(self) -> set[CustomerRole]:
        return {role for role in CustomerRole if needs_second_person(role=role, invited_by=self._person.actor)}

    @cached_property
    def _why_not(self) -> str:
        return why_not(person=self._person, asked_at=None)

    @cached_property
    def _may_ask_for(self) -> int:
        return MOST_WAITING - Approval.objects.undecided().filter(action=ACTION, requested_by=self._person).count()
