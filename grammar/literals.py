"""Literals: what suits a place, some with a name above the kernel."""

from __future__ import annotations

from dataclasses import dataclass

from grammar import names
from grammar.choices import Table
from grammar.holes import Domain
from grammar.names import family
from grammar.sizes import Sizes
from grammar.term import CONSTANT, Literal, Name, Symbol
from grammar.types import FLOAT, INT, Scalar, Type, is_float

# Literals by domain, with their odds; in arithmetic 0 and 1 would be idle.
LITERALS: dict[Domain, tuple[Table[float], Table[float]]] = {
    domain: (Table.of(floats), Table.of(integers))
    for domain, floats, integers in (
        (
            Domain.ANY,
            (
                (2.0, 10),
                (0.5, 18),
                (3.0, 2),
                (4.0, 2),
                (0.25, 2),
                (1.5, 1),
                (0.1, 2),
                (6.0, 1),
                (10.0, 1),
                (0.01, 1),
                (1e-3, 1),
            ),
            ((2, 60), (3, 18), (4, 8), (5, 2), (6, 2), (7, 1), (8, 4), (10, 1), (16, 3)),
        ),
        (
            Domain.COMPARED,
            ((0.0, 40), (1.0, 8), (0.5, 4), (2.0, 2), (1e-6, 4), (0.1, 2), (10.0, 1)),
            ((0, 40), (1, 14), (-1, 10), (2, 8), (3, 4), (4, 2), (8, 1)),
        ),
        (
            Domain.TERM,
            ((1.0, 20), (0.5, 6), (2.0, 3), (1e-6, 3), (0.25, 2), (0.1, 1)),
            ((1, 40), (2, 6), (3, 3), (4, 2), (7, 1), (16, 1)),
        ),
        (
            Domain.NONZERO,
            ((2.0, 8), (4.0, 2), (3.0, 2), (8.0, 1), (0.5, 2), (10.0, 1)),
            ((2, 12), (3, 5), (4, 5), (8, 3), (5, 1), (16, 2)),
        ),
        (Domain.POSITIVE, ((2.0, 4), (0.5, 4), (4.0, 1), (0.1, 1), (10.0, 1)), ((2, 3), (3, 1), (4, 1))),
        (Domain.UNIT, ((0.5, 4), (0.25, 1), (0.75, 1), (0.1, 1)), ((0, 1), (1, 1))),
        (Domain.SHIFT, ((1.0, 1),), ((1, 6), (2, 3), (3, 2), (4, 3), (5, 1), (7, 1))),
        (Domain.MODERATE, ((2.0, 4), (0.5, 4), (3.0, 1), (1.5, 1)), ((2, 3), (3, 1), (4, 1))),
        (Domain.FINITE, ((2.0, 2), (0.5, 2), (3.0, 1), (1.5, 1)), ((2, 3), (3, 1), (4, 1))),
    )
}
CONSTANTS_OF = frozenset({FLOAT, INT})  # a bare number is one of these


@dataclass(slots=True)
class Literals(Sizes):
    """Grows literals."""

    def literal(self, of: Scalar, domain: Domain) -> Literal | Name:
        """A literal that suits a domain; some have a name of their own."""
        floats, integers = LITERALS[domain]
        table = floats if is_float(of) else integers
        own = self.signature.names is self.module_names  # else in a function, which sees nothing of a closure
        if (
            of in CONSTANTS_OF
            and domain is Domain.ANY
            and (own or not self.closure)
            and self.chance(self.profile.constant)
        ):
            return self.constant(of, table)
        value = table.pick(self.choices)
        return Literal(abs(value) if is_unsigned(of) else value, of)

    def constant(self, of: Scalar, table: Table[float]) -> Name:
        """A number with a name, above the kernel or handed to what makes the kernel."""
        known = [symbol for symbol in self.constants if symbol.type == of]
        if known and self.chance(400 if len(self.constants) < 3 else 1000):
            return Name(known[self.choices.below(len(known))] if len(known) > 1 else known[0])
        words = names.CONSTANTS[family(of)]
        name = self.module_names.fresh(words.lower() if self.closure else words, self.choices)
        number = table.pick(self.choices)
        text = repr(float(number)) if is_float(of) else str(int(number))
        symbol = Symbol(name, of, CONSTANT, text=text)
        self.constants.append(symbol)
        return Name(symbol)


def is_unsigned(of: Type) -> bool:
    """Whether a type is an integer without a sign."""
    return isinstance(of, Scalar) and of.name.startswith("u")
