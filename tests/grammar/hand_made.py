"""Terms made by hand around single overloads: no growth, so that a test says exactly what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from grammar.catalogue import CATALOGUE
from grammar.holes import Const, Expr, Fresh, Output, Target
from grammar.production import Overload
from grammar.term import Apply, Body, Extent, Filling, Kernel, Literal, Name, Symbol
from grammar.types import BOOL, INT, Type, match, spell

AXES = tuple(Extent(f"n{axis}") for axis in range(3))
THREADS = tuple(Symbol(name, INT, "thread", index_of=AXES[axis]) for axis, name in enumerate("ijk"))


def row_at(name: str, of: Type) -> Overload:
    """A row at the binding where its result, else its array, else its first patterned hole, is of a type."""
    production = CATALOGUE.by_name[name]
    patterns = [production.result] if production.result is not None else []
    patterns += [hole.pattern for _, hole in production.holes if isinstance(hole, Output | Fresh | Target | Expr)]
    bindings = [binding for pattern in patterns if (binding := match(pattern, of)) is not None]
    return production.at(next((binding for binding in bindings if binding), bindings[0]))


def applied(overload: Overload, /, **fillings: Filling) -> Apply:
    """An overload with its holes filled by name."""
    return Apply(overload, tuple(fillings[name] for name, _ in overload.holes))


def is_plain(overload: Overload) -> bool:
    """Whether an overload works on values alone: no arrays, hosts, definitions."""
    return all(isinstance(hole, Expr | Const) for _, hole in overload.holes)


@dataclass
class Bench:
    """A kernel under construction: what it is given, and statements so far."""

    name: str
    parameters: dict[str, Symbol] = field(default_factory=dict)
    statements: list[Apply] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.statements.append(Apply(CATALOGUE.by_name["tid3"].at({}), THREADS))

    def parameter(self, symbol: Symbol) -> Symbol:
        return self.parameters.setdefault(symbol.name, symbol)

    def array(self, of: Type, rank: int, role: str, tag: str = "") -> Symbol:
        return self.parameter(Symbol(f"{role}_{_word(of)}_{rank}{tag}", of, role, AXES[:rank]))

    def size(self, extent: Extent) -> Name:
        return Name(self.parameter(Symbol(f"size_{extent.name}", INT, "size", size_of=extent)))

    def element(self, of: Type, tag: str) -> Apply:
        row = row_at("load1_bool" if of == BOOL else "load1", of)
        return applied(row, array=self.array(of, 1, "read", tag), i=Name(THREADS[0]))

    def filled(self, overload: Overload, given: dict[str, Filling]) -> Apply:
        """A plain overload with parameters and its first constants in the holes that are not given."""
        fillings: dict[str, Filling] = dict(given)
        for place, (name, hole) in enumerate(overload.holes):
            if name in fillings:
                continue
            assert isinstance(hole, Expr | Const)
            of = hole.pattern
            assert isinstance(of, Type)
            value = Name(self.parameter(Symbol(f"value_{_word(of)}_{place}", of, "value")))
            fillings[name] = Literal(hole.values[0], of) if isinstance(hole, Const) else value
        return applied(overload, **fillings)

    def kernel(self) -> Kernel:
        """What was made."""
        parameters = tuple(self.parameters.values())
        return Kernel(self.name, "hand_made", (), (), parameters, len(THREADS), Body(tuple(self.statements)))


def _word(of: Type) -> str:
    """A type as part of a name."""
    return re.sub(r"\W+", "_", spell(of))
