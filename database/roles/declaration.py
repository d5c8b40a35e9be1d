"""The words in which an app declares who may do what with its tables.

Everything is named: a table or a column that nobody has declared is nobody's but the owner's. Columns are written as
one text, with spaces between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class Role(StrEnum):
    """The processes that have a role, as `NSMAAS_PROCESS` names them. Beat needs no database."""

    PEOPLE = "people"
    MACHINES = "machines"
    SIGNER = "signer"
    WORKER = "worker"
    MONITOR = "monitor"

    @property
    def login(self) -> str:
        """The name with which the process logs in."""
        return f"{OWNER}_{self.value}"

    @property
    def most_connections(self) -> int:
        """At once, -1 for as many as PostgreSQL has: nobody else can take them all from the machines' door.

        A role begins with it. The administrator of PostgreSQL may change it.
        """
        return {"people": 40, "machines": -1, "signer": 10, "worker": 10, "monitor": 10}[self.value]

    @property
    def longest_pause(self) -> int:
        """Seconds between two statements of a transaction, after which PostgreSQL ends the connection.

        A host that freezes or loses its network would keep its locks for ever, and a report at another host waits for
        them. The signer builds revocation lists in between. A role begins with it, as with `most_connections`.
        """
        return 15 if self is Role.SIGNER else 3


# Who owns all tables, and whom the commands of `manage.py` log in as. No process does.
OWNER = "nsmaas"
PEOPLE, MACHINES, SIGNER, WORKER = Role.PEOPLE, Role.MACHINES, Role.SIGNER, Role.WORKER
MONITOR = Role.MONITOR


def login_of(process: str) -> str:
    """As whom a process of this name logs in: those that are no `Role` are somebody at the command line."""
    return Role(process).login if process in set(Role) else OWNER


ALL = "*"
# PostgreSQL locks a row only for those who may change a column of it. This column is empty in all rows, and stays so.
LOCK_COLUMN = "row_lock"


@dataclass(frozen=True, slots=True)
class Rights:
    """What one role may do with one table: of which columns it reads, which it fills in new rows, which it changes."""

    read: str = ""
    add: str = ""
    change: str = ""
    remove: bool = False
    lock: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the new row (`NEW`, and `OLD` for a change) under which these roles are refused."""

    of: tuple[Role, ...]
    on: str  # INSERT or UPDATE
    refuse_if: str
    because: str

    def name(self) -> str:
        """Holds a digest of all of it, so that a trigger of this name is this guard."""
        roles = ",".join(sorted(role.login for role in self.of))
        digest = sha256("\0".join((roles, self.on, self.refuse_if, self.because)).encode()).hexdigest()
        return f"guard_{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: str
    rights: Mapping[Role, Rights] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    # Whether the key is a number that the database makes: then nobody fills it in.
    numbered: bool = True

    def __post_init__(self) -> None:
        known = set(self.all_columns)
        for rights in self.rights.values():
            named = f"{rights.read} {rights.add} {rights.change}".split()
            if unknown := set(named) - known - {ALL}:
                raise ValueError(f"{self.name} has no column {', '.join(sorted(unknown))}.")

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (*(["id"] if self.numbered else []), *self.columns.split())

    @property
    def lockable(self) -> bool:
        return any(rights.lock for rights in self.rights.values())


@dataclass(frozen=True, slots=True)
class Function:
    """One that runs as the owner and looks itself whether what it is asked for may be. Signature as in `name(type)`."""

    signature: str
    callers: tuple[Role, ...]
    does: str


@dataclass(frozen=True, slots=True)
class Declaration:
    tables: tuple[Table, ...]
    functions: tuple[Function, ...] = ()
    # Guards, by table, that need to know more than whose table it is: of an app that stands above it.
    further_guards: Mapping[str, tuple[Guard, ...]] = field(default_factory=dict)

    def __add__(self, other: "Declaration") -> "Declaration":
        """Raises ValueError if a table stands in both, or both have guards for one that stands in neither."""
        names = [table.name for table in (*self.tables, *other.tables)]
        if twice := {name for name in names if names.count(name) > 1} | set(self.further_guards) & set(
            other.further_guards
        ):
            raise ValueError(f"Declared twice: {', '.join(sorted(twice))}.")
        return Declaration(
            self.tables + other.tables,
            self.functions + other.functions,
            {**self.further_guards, **other.further_guards},
        )

    @property
    def guards(self) -> dict[str, tuple[Guard, ...]]:
        """By table."""
        return {table.name: (*table.guards, *self.further_guards.get(table.name, ())) for table in self.tables}
