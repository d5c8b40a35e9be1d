"""Who did it, as the audit trail names them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is person, machine, process or card; `name` an e-mail address, a subject or a number."""

    kind: str
    name: str
    # The public part of the token by which a program did it in the person's name: the entry's details name it.
    token: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def machine(cls, subject: str) -> "Actor":
        return cls("machine", subject)

    @classmethod
    def card(cls, number: int) -> "Actor":
        return cls("card", str(number))

    @classmethod
    def process(cls, name: str) -> "Actor":
        return cls("process", name)
