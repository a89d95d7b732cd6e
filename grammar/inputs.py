"""Inputs that a kernel can run on: a launch, and a value for every argument that fits its extents and its role."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

import ml_dtypes
import numpy as np

from grammar.hosted import MADE, SIZES
from grammar.signature import HOST, LOOKUP, OFFSETS, SIZE, VALUE
from grammar.term import Apply, Extent, Kernel, Symbol, parts
from grammar.types import FLOATS, Array, Matrix, Quaternion, Scalar, Struct, Transformation, Type, Vector, is_integer

DTYPES: dict[str, Any] = {"bfloat16": ml_dtypes.bfloat16, "bool": np.bool_}

COUNTERS = frozenset({"atomic_add", "atomic_slot"})  # of integers: they count from zero, and may be used as indices
NO_NUMBERS = (math.nan, math.inf, -math.inf)
WILD = (0.0, -0.0, 1e-39, 1.0, -1.0, 250.0, -0.5, 2.5)
LOCKS = {"locked_add": "locks"}  # the hole of a row whose array holds locks: they are open at first


@dataclass(frozen=True, slots=True)
class HostObject:
    """What only the host can make: the kind of `grammar.catalogue.hosts.HOSTS`, and the arrays that it is made of."""

    kind: str
    data: Mapping[str, Any]


# An argument: an array (of a value's components too; a number has no axes), the fields of a struct or of an array of
# structs, or an object of the host.
Value = Any


@dataclass(frozen=True, slots=True)
class Inputs:
    """A launch: its dimensions, and the arguments by name in the kernel's order."""

    dim: tuple[int, ...]
    arguments: dict[str, Value]
    plain: bool = True
    """Whether a derivative is likely to exist: not where values were chosen to be zero, equal, or no numbers."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a launch is like: sizes of its axes, and how wild the values are.

    `plain` values are moderate, mostly distinct and not zero, so that a derivative exists; others are now and then zero
    of either sign, denormal, large, or as large as another.
    """

    name: str
    sizes: tuple[int, int, int, int]
    plain: bool = False
    special: bool = False  # some are no numbers, or infinite
    positive: bool = False  # all of them: roots and logarithms have a value


SHAPES = (
    Shape("smooth", (3, 2, 2, 1), plain=True),
    Shape("odd", (5, 3, 1, 2)),
    Shape("single", (1, 1, 1, 1)),
    Shape("positive", (2, 2, 1, 1), plain=True, positive=True),
    Shape("special", (4, 2, 1, 1), special=True),
    Shape("empty", (0, 1, 1, 1)),
)


@cache
def dtype_of(scalar: Scalar) -> Any:
    """The NumPy dtype of a scalar type."""
    return np.dtype(DTYPES.get(scalar.name, scalar.name))


def components(of: Type) -> tuple[int, ...]:
    """The shape of a value's components."""
    match of:
        case Vector(length):
            return (length,)
        case Matrix(rows, columns):
            return (rows, columns)
        case Quaternion():
            return (4,)
        case Transformation():
            return (7,)
        case _:
            return ()


def scalar_type(of: Type) -> Scalar:
    """The scalar that a value is made of."""
    found = of if isinstance(of, Scalar) else getattr(of, "scalar", None)
    assert isinstance(found, Scalar), of
    return found


def make_inputs(kernel: Kernel, shape: Shape, seed: int) -> Inputs:
    """Inputs for a kernel: a pure function of the arguments, on any machine."""
    return make_launches(kernel, (shape,), seed)[0]


def make_launches(kernel: Kernel, shapes: Iterable[Shape], seed: int) -> tuple[Inputs, ...]:
    """Inputs for a kernel in several shapes; its terms are read once."""
    uses = Uses.of(kernel)
    return tuple(Maker(kernel, uses, shape, f"{seed}/{shape.name}").inputs() for shape in shapes)


@dataclass(frozen=True, slots=True)
class Uses:
    """What the inputs of a kernel have to fit beside its arguments: what its terms do with them."""

    axes: tuple[str, ...]
    """The extents that its threads are the indices into."""
    locks: frozenset[Symbol]
    """The arrays that hold locks."""
    held: Mapping[Symbol, Extent]
    """The first axis of the first array in a struct, by the struct."""

    @classmethod
    def of(cls, kernel: Kernel) -> Uses:
        """Those of a kernel."""
        axes: dict[str, None] = {}
        locks: set[Symbol] = set()
        held: dict[Symbol, Extent] = {}
        for part in parts(kernel):
            if isinstance(part, Symbol):
                if part.role == "thread":
                    assert part.index_of is not None
                    axes[part.index_of.name] = None
                if part.owner is not None and part.extents:
                    held.setdefault(part.owner, part.extents[0])
            elif isinstance(part, Apply) and (hole := LOCKS.get(part.row)) is not None:
                locks |= {filling for name, filling in part.holes() if name == hole and isinstance(filling, Symbol)}
        return cls(tuple(axes), frozenset(locks), held)


@dataclass(slots=True)
class Maker:
    """Makes the inputs of one launch: each argument's from its name, so that a smaller kernel keeps what it has."""

    kernel: Kernel
    uses: Uses
    shape: Shape
    seed: str
    random: Random = field(default_factory=Random)
    sizes: dict[str, int] = field(default_factory=dict)
    dim: tuple[int, ...] = ()
    made: dict[str, Value] = field(default_factory=dict)

    def inputs(self) -> Inputs:
        """Make them."""
        for axis, name in enumerate(self.uses.axes):
            self.sizes[name] = self.shape.sizes[axis]
        for symbol in self.kernel.parameters:
            allowed = SIZES.get(symbol.role.removeprefix(HOST))
            if allowed and symbol.index_of is not None and all(self.sizes.values()):
                self.random = self.random_for(symbol.index_of.name)
                self.sizes[symbol.index_of.name] = allowed[self.below(len(allowed))]
        self.dim = tuple(self.sizes[name] for name in self.uses.axes) or (self.shape.sizes[0],)
        for symbol in self.kernel.parameters:
            if symbol.role.startswith(HOST):  # first: arrays may have to hold what it is made of
                self.argument(symbol)
        arguments = {symbol.name: self.argument(symbol) for symbol in self.kernel.parameters}
        return Inputs(self.dim, arguments, self.shape.plain)

    def random_for(self, name: str) -> Random:
        """Where the values of one name come from."""
        return Random(f"{self.seed}/{name}")  # noqa: S311  # nothing secret

    def below(self, count: int) -> int:
        """An integer in [0, count)."""
        return int(self.random.random() * count)

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.random.random() < probability

    def size(self, extent: Extent) -> int:
        """The size of an extent, the same wherever it is asked for."""
        if extent.fixed is not None:
            return extent.fixed * extent.each + extent.beyond
        if extent.name not in self.sizes:
            self.sizes[extent.name] = 2 + int(3 * self.random_for(extent.name).random())
        return self.sizes[extent.name] * extent.each + extent.beyond

    def argument(self, symbol: Symbol) -> Value:
        """The value of an argument, the same wherever it is asked for."""
        if symbol.name not in self.made:
            outer, self.random = self.random, self.random_for(symbol.name)
            self.made[symbol.name] = self.new_argument(symbol)
            self.random = outer
        return self.made[symbol.name]

    def new_argument(self, symbol: Symbol) -> Value:
        """A value for an argument."""
        if symbol.role.startswith(HOST):
            return self.host(symbol)
        shape = tuple(self.size(extent) for extent in symbol.extents)
        if symbol.role == SIZE:
            assert symbol.size_of is not None
            return np.array(self.size(symbol.size_of), np.int32)
        if symbol.role == OFFSETS:
            return self.offsets(symbol, shape)
        if symbol.role == LOOKUP:
            assert symbol.index_of is not None
            bound = self.size(symbol.index_of)
            return self.filled(shape, np.dtype(np.int32), lambda: self.below(bound))
        if (symbol.role in COUNTERS and is_integer(symbol.type)) or symbol in self.uses.locks:
            return self.filled((*shape, *components(symbol.type)), dtype_of(scalar_type(symbol.type)), lambda: 0)
        items = self.held_items(symbol) if isinstance(symbol.type, Struct) else 1
        return self.value(symbol.type, shape, constant=symbol.role == VALUE, items=items)

    def held_items(self, symbol: Symbol) -> int:
        """How many elements the arrays in a struct that the kernel is given have."""
        extent = self.uses.held.get(symbol)
        return 2 if extent is None else self.size(extent)

    def offsets(self, symbol: Symbol, shape: tuple[int, ...]) -> Value:
        """Where the rows of a sparse array begin: ascending, some rows empty."""
        assert symbol.index_of is not None
        bound = self.size(symbol.index_of)
        inner = sorted(self.below(bound + 1) for _ in range(max(0, math.prod(shape) - 2)))
        return np.array([0, *inner, bound][: math.prod(shape)], np.int32).reshape(shape)

    def value(self, of: Type, shape: tuple[int, ...], *, constant: bool, items: int = 1) -> Value:
        """Values of a type; arrays that are fields of it have so many `items` in each axis."""
        if isinstance(of, Struct):
            return {name: self.value(held, shape, constant=constant, items=items) for name, held in of.fields}
        if isinstance(of, Array):
            return self.value(of.element, (*shape, *(items,) * of.rank), constant=False)
        scalar = scalar_type(of)
        dtype, all_axes = dtype_of(scalar), (*shape, *components(of))
        if scalar.name in FLOATS:
            made = self.filled(all_axes, dtype, self.reals(constant=constant))
            return self.unit(of, made)
        if scalar.name == "bool":
            return self.filled(all_axes, dtype, lambda: self.below(2))
        return self.filled(all_axes, dtype, lambda: self.whole(scalar, constant=constant))

    def filled(self, shape: tuple[int, ...], dtype: Any, value: Any) -> Any:
        """An array of values, some of which occur again."""
        count, random = math.prod(shape), self.random.random
        if self.shape.plain:
            made = [value() for _ in range(count)]
        else:
            made = []
            for _ in range(count):
                again = made and random() < 0.1
                made.append(made[int(random() * len(made))] if again else value())
        return np.array(made, np.float64 if dtype.kind in "fV" else np.int64).astype(dtype).reshape(shape)

    def reals(self, *, constant: bool) -> Callable[[], float]:
        """What draws a float: short in decimals, as in examples."""
        # Most of what is drawn for inputs is drawn here: what stays the same is looked up once.
        random, positive, share = self.random.random, self.shape.positive, 0.2 if constant else 0.4
        is_special, is_wild = self.shape.special and not constant, not self.shape.plain and not constant

        def real() -> float:
            if is_special and random() < 0.15:
                return NO_NUMBERS[int(random() * len(NO_NUMBERS))]
            if is_wild and random() < 0.15:
                return WILD[int(random() * len(WILD))]
            size = round(0.05 + 1.95 * random(), 3)
            return -size if random() < share and not positive else size

        return real

    def whole(self, scalar: Scalar, *, constant: bool) -> int:
        """An integer, small for the most part."""
        unsigned = scalar.name.startswith("u")
        if not self.shape.plain and not constant and self.chance(0.1):
            return (0, 1, 100, 127)[self.below(4)] if unsigned else (0, 1, -1, 100, -100, 127)[self.below(6)]
        return self.below(13) if unsigned or constant else self.below(13) - 4

    def unit(self, of: Type, made: Any) -> Any:
        """Rotations are of unit length, but for a few among wild values."""
        if not isinstance(of, Quaternion | Transformation):
            return made
        rotation = made[..., -4:].astype(np.float64)
        length = np.sqrt((rotation * rotation).sum(axis=-1, keepdims=True))
        with np.errstate(invalid="ignore"):
            made[..., -4:] = (rotation / np.where(length > 0, length, 1.0)).astype(made.dtype)
        return made

    def host_object(self, symbol: Symbol, data: Mapping[str, Any]) -> HostObject:
        """An object of the host, of the arrays that it is made of."""
        return HostObject(symbol.role.removeprefix(HOST), data)

    def host(self, symbol: Symbol) -> Value:
        """An object of the host."""
        kind = symbol.role.removeprefix(HOST)
        if kind == "seed":
            return np.array(self.below(1000), np.int32)
        return MADE[kind](self, symbol)
