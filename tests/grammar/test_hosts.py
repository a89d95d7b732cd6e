"""What only the host can make: every kind that a row asks for is described, and no kernel's arrays miss an item."""

from __future__ import annotations

import random
from functools import lru_cache

from grammar.catalogue import CATALOGUE
from grammar.catalogue.hosts import HOSTS
from grammar.choices import Recorded
from grammar.growth import exhibit
from grammar.holes import Host, Items
from grammar.plan import showable
from grammar.profile import profile_for
from grammar.signature import HOST
from grammar.term import Apply, Kernel, Name, Symbol, parts

PROFILE = profile_for("default", "query")


@lru_cache(maxsize=1)
def kernels() -> list[Kernel]:
    """A kernel around each overload that asks for something from the host."""
    numbers = random.Random(3)
    asking = [
        overload
        for overload in showable(CATALOGUE)
        if "query" in overload.production.tags and any(isinstance(hole, Host) for _, hole in overload.holes)
    ]
    return [
        exhibit(CATALOGUE, PROFILE, [overload], Recorded([numbers.randrange(1000) for _ in range(200)]))
        for overload in asking
    ]


def test_every_kind_is_described() -> None:
    assert {hole.kind for row in CATALOGUE.rows for _, hole in row.holes if isinstance(hole, Host)} == set(HOSTS)


def test_arguments_from_the_host_say_what_they_are() -> None:
    for kernel in kernels():
        made = [symbol for symbol in kernel.parameters if symbol.role.startswith(HOST)]
        assert made
        assert {symbol.role.removeprefix(HOST) for symbol in made} <= set(HOSTS)
        assert all(symbol.text and symbol.index_of is not None for symbol in made)


def test_arrays_of_items_have_an_element_for_each() -> None:
    seen = 0
    for kernel in kernels():
        for part in parts(kernel):
            if not isinstance(part, Apply):
                continue
            filled = dict(part.holes())
            for name, hole in part.overload.holes:
                if isinstance(hole, Items):
                    array, host = filled[name], filled[hole.host]
                    owner = host.symbol if isinstance(host, Name) else host
                    assert isinstance(array, Symbol)
                    assert isinstance(owner, Symbol)
                    assert array.extents == (owner.index_of,)
                    seen += 1
    assert seen > 50
