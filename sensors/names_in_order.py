"""Host names as people put them in order, and what they search: expressions that both databases keep in a column.

So each process that writes a row, also one of an earlier version, writes these with it.
"""

import string

from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.expressions import Case, Combinable, Expression, When
from django.db.models.functions import Concat, Length, Lower, Right, Substr
from django.db.models.lookups import Exact

_DIGITS, _OTHERS = string.digits, string.ascii_lowercase + "-"
_WIDTH = 9


def in_natural_order(name: str) -> Expression:
    """The last two numbers of a host name get leading zeros: box-2 stands before box-10, rack9-a1 before rack10-a1."""
    whole = F(name)
    rest, last = _parted(whole, _DIGITS)
    rest, between = _parted(rest, _OTHERS)
    head, number = _parted(rest, _DIGITS)
    return Concat(head, _padded(number), between, _padded(last), output_field=CharField())


def searched_text(*names: str) -> Expression:
    """A line each, in small letters: nothing that is searched for reaches from one into the next."""
    lines = [part for name in names for part in (F(name), Value("\n"))]
    return Lower(Concat(*lines[:-1], output_field=TextField()))


def _parted(text: Combinable, characters: str) -> tuple[Combinable, Combinable]:
    """What is left without such characters at the end, and those."""
    rest = Func(text, Value(characters), function="RTRIM", output_field=CharField())
    return rest, Substr(text, Length(rest) + 1)


def _padded(digits: Combinable) -> Combinable:
    padded = Right(Concat(Value("0" * _WIDTH), digits, output_field=CharField()), _WIDTH)
    return Case(When(Exact(digits, Value("")), then=Value("")), default=padded, output_field=CharField())
