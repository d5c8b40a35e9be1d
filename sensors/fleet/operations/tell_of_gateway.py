"""All of the staff hear of what is done to a gateway, by anybody: each of them could say that it is not right."""

from notices.models import Mail
from notices.operations.queue_mails import queue_mails
from sensors.models import Gateway
from tenants.actors import Actor
from tenants.models import Person
from tenants.operations.tell_of_account import who_could_object


def tell_of_gateway(
    *, gateway: Gateway, step: str, done_by: Actor, agreed_by: Person | None = None, source: str = ""
) -> list[Mail]:
    """`step` is one of `gateway_steps`. In the transaction of what was done.

    `source` is the address of a machine that has enrolled.
    """
    return queue_mails(
        recipients=who_could_object(customers=[]),
        template="gateway_done",
        about=gateway.about,
        context={"gateway": gateway, "step": step, "done_by": done_by, "agreed_by": agreed_by, "source": source},
    )
