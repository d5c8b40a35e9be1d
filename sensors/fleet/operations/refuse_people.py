"""What only a command on the portal's host may do by itself: from anybody else it takes two people."""

from tenants.actors import Actor
from tenants.second_person import SecondPersonNeeded


def refuse_people(actor: Actor) -> None:
    """Raises SecondPersonNeeded."""
    if actor.kind != "process":
        raise SecondPersonNeeded("A second person has to agree to this.")
