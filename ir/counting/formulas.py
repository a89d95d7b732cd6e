"""How many operations a built-in takes, as a table: rows of names and a formula over the types of the call.

The conventions. An addition, subtraction, multiplication or division is one operation for each pair of numbers: of
floating-point numbers a flop, of integers an integer operation. A sum of n terms takes n - 1 additions, so a dot
product takes 2n - 1 operations and a product of an m×k with a k×n matrix m·n·(2k - 1). The sign of a floating-point
number costs nothing (it is a bit), that of an integer one operation. What only moves numbers costs nothing.
Compound built-ins take what their code in Warp's headers does (`native/vec.h`, `mat.h`, `quat.h`, `spatial.h`), on the
longest path where a condition decides, and by the conventions above where the code starts a sum at zero. (These numbers
were measured: the headers of 1.19, compiled for a number type that counts.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from ir.counting.types import Kind, Type, parse_type

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS: Final = frozenset({Kind.SCALAR, Kind.VECTOR, Kind.MATRIX, Kind.QUATERNION, Kind.TRANSFORM})


class Work(NamedTuple):
    """What one call does; `arithmetic` is flops or integer operations, as its numbers are, `integer` the latter."""

    arithmetic: int = 0
    special: int = 0
    comparisons: int = 0
    conversions: int = 0
    integer: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """The types of a call: of its operands that are variables, and of its result (of the last operand, if none)."""

    operands: tuple[Type, ...]
    result: Type

    @property
    def n(self) -> int:
        """Components of the largest operand."""
        return max((operand.components for operand in self.operands), default=self.result.components)

    @property
    def last(self) -> int:
        """Components of the last operand."""
        return self.operands[-1].components

    @property
    def side(self) -> int:
        """Rows of the first operand."""
        return self.operands[0].rows

    @property
    def is_float(self) -> bool:
        """Whether it computes with floating-point numbers."""
        return self.result.is_float or any(operand.is_float for operand in self.operands)


@dataclass(frozen=True, slots=True)
class Row:
    """Built-ins that take the same work, by their names in generated code, and the formula for it."""

    names: str
    work: Callable[[Call], Work]


def product(call: Call) -> Work:
    """`wp::mul`: by the kinds of its operands; what is neither of linear algebra is component by component."""
    a, b = call.operands[0], call.operands[-1]
    match a.kind, b.kind:
        case (Kind.MATRIX, Kind.VECTOR) | (Kind.MATRIX, Kind.MATRIX):
            return Work(a.rows * b.columns * (2 * a.columns - 1))
        case (Kind.VECTOR, Kind.MATRIX):
            return Work(b.columns * (2 * b.rows - 1))
        case (Kind.QUATERNION, Kind.QUATERNION):
            return Work(28)
        case (Kind.TRANSFORM, Kind.TRANSFORM):
            return Work(67)
    return Work(call.n)


def converted(call: Call) -> Work:
    """Casts and constructors: every number whose type is not that of the result's numbers."""
    target = call.result.scalar
    others = (one.components for one in call.operands if one.kind in _NUMBERS and one.scalar != target)
    return Work(conversions=sum(others)) if target else Work()


def _nothing(_: Call) -> Work:
    return Work()


def _same(**work: int) -> Callable[[Call], Work]:
    """The same work for any types."""
    return lambda _: Work(**work)


def _by_side(second: int, third: int, fourth: int) -> Callable[[Call], Work]:
    """The arithmetic of square matrices of 2, 3 and 4 rows; those of the inverse compare the determinant with zero."""
    return lambda call: Work({2: second, 3: third, 4: fourth}[call.side])


ROWS: Final = (
    # Component by component.
    Row("add sub div approx_div cw_mul cw_div bit_and bit_or bit_xor lshift rshift invert", lambda c: Work(c.n)),
    Row("add_inplace sub_inplace bit_and_inplace bit_or_inplace bit_xor_inplace", lambda c: Work(c.last)),
    Row("transform_add_inplace transform_sub_inplace", lambda c: Work(c.last)),
    Row("neg abs", lambda c: Work(0 if c.is_float else c.n)),
    Row("bit_count degrees radians", lambda c: Work(c.n)),
    Row("floordiv", lambda c: Work(c.n, conversions=c.n * c.is_float)),
    Row("mod", lambda c: Work(special=c.n) if c.is_float else Work(c.n)),
    Row("frac", lambda c: Work(c.n, conversions=c.n)),
    Row("round rint trunc floor ceil", lambda c: Work(conversions=c.n)),
    Row("sign step nonzero isfinite isnan isinf unot", lambda c: Work(comparisons=c.n)),
    Row("clamp", lambda c: Work(comparisons=2 * c.n)),
    # Of two values by component, of one vector n components down to one.
    Row("min max", lambda c: Work(comparisons=c.n if len(c.operands) > 1 else c.n - 1)),
    Row("argmin argmax", lambda c: Work(comparisons=c.n - 1)),
    Row("sin cos tan asin acos atan sinh cosh tanh sqrt cbrt exp log log2 log10", lambda c: Work(special=c.n)),
    Row("erf erfc erfinv erfcinv", lambda c: Work(special=c.n)),
    Row("pow atan2", lambda c: Work(special=c.n)),
    Row("lerp", lambda c: Work(3 * c.n + 1)),  # a * (1 - t) + b * t
    Row("smoothstep", _same(arithmetic=7, comparisons=2)),
    Row("iter_next", lambda c: Work(int(c.operands[0].kind is Kind.RANGE))),  # of a query, it only hands over
    # Products and reductions.
    Row("mul", product),
    Row("dot ddot length_sq spatial_dot", lambda c: Work(2 * c.n - 1)),
    Row("length", lambda c: Work(2 * c.n - 1, special=1)),
    Row(
        "normalize",  # a quaternion is multiplied by the inverse of its length
        lambda c: Work(3 * c.n - 1 + (c.result.kind is Kind.QUATERNION), special=1, comparisons=1),
    ),
    Row("cross", _same(arithmetic=9)),
    Row("spatial_cross spatial_cross_dual", _same(arithmetic=30)),
    Row("outer", lambda c: Work(c.result.components)),
    Row("trace", lambda c: Work(c.side - 1)),
    Row("determinant", _by_side(3, 14, 63)),
    Row("inverse approx_inverse", lambda c: _by_side(8, 51, 140)(c)._replace(comparisons=1)),
    # Rotations and frames.
    Row("quat_rotate quat_rotate_inv transform_vector transform_inverse", lambda c: Work(_rotation(c))),
    Row("transform_point", lambda c: Work(_rotation(c) + 3 * (c.operands[0].kind is Kind.TRANSFORM))),
    Row("transform_multiply", _same(arithmetic=67)),
    Row("quat_from_axis_angle", _same(arithmetic=4, special=2)),
    Row("quat_to_axis_angle", _same(arithmetic=14, special=3, comparisons=2)),
    Row("quat_rpy", _same(arithmetic=26, special=6)),
    Row("quat_slerp", _same(arithmetic=75, special=5, comparisons=2)),
    Row("quat_to_matrix", _same(arithmetic=108)),
    Row("quat_from_matrix", _same(arithmetic=23, special=2, comparisons=2)),
    # Random numbers: `native/rand.h` hashes the state in nine operations; one argument is the state (`rand_init`: a
    # seed), more are bounds (an offset, hashed as well).
    Row("rand_init", lambda c: Work(9 if len(c.operands) == 1 else 19)),
    Row("randi randu", lambda c: Work(9 if len(c.operands) == 1 else 12)),
    Row("randf", lambda c: Work(1 if len(c.operands) == 1 else 4, conversions=1, integer=10)),
    Row("randn", _same(arithmetic=6, special=3, conversions=2, integer=20)),
    # A number of another type.
    Row("int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 bfloat16 float32 float64 bool int float", converted),
    Row("vec_t mat_t quat_t transform_t matrix_from_cols matrix_from_rows", converted),
    # Nothing but moving: what is picked, put together, looked at otherwise, or set.
    Row("assign assign_inplace assign_copy copy copysign extract pos select where cast index indexref", _nothing),
    Row("diag get_diag identity skew transpose quat_identity quat_inverse transform_identity", _nothing),
    Row("transform_get_translation transform_get_rotation transform_set_translation transform_set_rotation", _nothing),
    Row(
        "transform_set_translation_copy transform_set_rotation_copy spatial_adjoint spatial_top spatial_bottom",
        _nothing,
    ),
    Row("array_t fixedarray_t view len range iter_reverse slice_t tuple tuple_t launch_coord_t", _nothing),
    Row("builtin_tid1d builtin_tid2d builtin_tid3d builtin_tid4d builtin_block_dim", _nothing),
    Row("load store address array_store", _nothing),  # of a thread's own arrays and variables
    # On a thread's own array; on the kernel's they count as atomics.
    Row("atomic_add atomic_sub atomic_and atomic_or atomic_xor", lambda c: Work(c.n)),
    Row("atomic_min atomic_max", lambda c: Work(comparisons=c.n)),
    Row("atomic_cas atomic_exch", _nothing),
    # Text for a person is no work of the kernel.
    Row("print printf assert expect_eq expect_neq expect_near __debugbreak", _nothing),
)

UNCOUNTED: Final = {
    r"tile_.*|tile|untile|dense_.*": "a block shares the work, and the listing does not say how large it is",
    r"bvh_.*|mesh_.*|hash_grid_.*|intersect_.*|closest_point_.*|lower_bound": "as much as the scene asks for",
    r"volume_.*|texture_.*": "as much as the grid's layout or the hardware asks for",
    r"sample_.*|poisson|noise|pnoise|curlnoise": "hashes of many corners, searches, rounds until one fits",
    r"svd2|svd3|qr3|eig3": "sweeps and conditions that depend on the matrix",
    r"adj_.*": "the adjoint of a built-in, where a kernel asks for the gradient of a function",
}
"""Built-ins that no row speaks of, by patterns of their names, and why; a call of one counts as uncounted."""


def _rotation(call: Call) -> int:
    """A vector turned by a quaternion, or times a 4×4 matrix."""
    return 28 if call.operands[0].kind is Kind.MATRIX else 36


_WORK: Final = {name: row.work for row in ROWS for name in row.names.split()}


@lru_cache(maxsize=8192)
def work_of(name: str, operands: tuple[str, ...], result: str) -> tuple[Work, bool] | None:
    """Return the work of a call, given the texts of its types, and whether it is on floating-point numbers.

    None if no row speaks of the built-in.
    """
    formula = _WORK.get(name)
    if formula is None:
        return None
    types = tuple(map(parse_type, operands))
    kind = parse_type(result) if result or not types else types[-1]
    call = Call(types, kind)
    return formula(call), call.is_float
