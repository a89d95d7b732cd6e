"""Bugs of Warp that show in a kernel as a whole, mostly when it is run: the oracles skip the kernels that meet one.

Each is listed with the file in `tests/corpus/` that shows it, as in `known_bugs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grammar.census import builtins_of
from grammar.known_bugs import operand_types
from grammar.production import Effect
from grammar.term import Apply, Filling, Kernel, parts
from grammar.types import Tile, is_float


@dataclass(frozen=True, slots=True)
class WrongResult:
    """One bug that shows in a kernel as a whole, mostly when it is run: what an oracle would say of it."""

    name: str  # the corpus file's
    oracle: str  # that would disagree: "compile", "reference", "gradient", "levels"
    summary: str
    met: Callable[[Apply], bool]  # whether a term meets it, which its overload decides
    beside: Callable[[Filling], bool] | None = None  # and whether another part has to do with it

    def occurs(self, terms: Iterable[Apply], some: Iterable[Filling]) -> bool:
        """Whether a kernel meets the bug that has such terms, one of each overload, and these parts."""
        return any(map(self.met, terms)) and (self.beside is None or any(map(self.beside, some)))


def of_rows(*names: str) -> Callable[[Apply], bool]:
    """A predicate: the term is of one of these rows."""
    return lambda term: term.row in names


def calls(*builtins: str) -> Callable[[Apply], bool]:
    """A predicate: the term's template calls one of these built-ins."""
    wanted = frozenset(builtins)
    return lambda term: not wanted.isdisjoint(builtins_of(term.overload.production.template))


def _takes_float(term: Apply) -> bool:
    """Whether the first operand of a term is a float, or made of floats."""
    operands = operand_types(term.overload)
    return bool(operands) and is_float(operands[0])


def _asks_for_shape(part: Filling) -> bool:
    """Whether a term or a definition reads the shape of something."""
    return ".shape" in (part.overload.production.template if isinstance(part, Apply) else getattr(part, "text", ""))


def _gives_view(part: Filling) -> bool:
    """Whether a term gives a part of a tile, which need not lie in one piece."""
    if not isinstance(part, Apply) or not isinstance(part.overload.result, Tile):
        return False
    return "tile_view" in part.overload.production.tags or part.row.startswith("tile_chain")


SOLVES = frozenset({"tile_diag_add", "tile_cholesky_solve", "tile_cholesky_solve_upper", "tile_triangular_solve"})


def _takes_view(part: Filling) -> bool:
    """Whether a part of a tile is an operand of such a row, or has a name, by which it may be one."""
    return isinstance(part, Apply) and part.row in SOLVES | {"let"} and any(map(_gives_view, part.fillings))


def _jumps(part: Filling) -> bool:
    """Whether a term is a loop or leaves one."""
    row = part.overload.production if isinstance(part, Apply) else None
    return row is not None and (row.effect is Effect.JUMPS or "loop" in row.tags)


COMPONENTS_OF_FIELDS = frozenset(
    {"struct_empty", "struct_keywords", "struct_matrix", "struct_matrix_element", "struct_nested"}
)
TUPLES = frozenset({"call_with_tuple", "results_as_tuple", "results_unpacked_later", "tuple_length", "tuple_local"})

WRONG_RESULTS: tuple[WrongResult, ...] = (
    WrongResult(
        name="local_array_gradient",
        oracle="gradient",
        summary="the reverse pass finds the elements of a local array at zero, not as they were stored",
        met=calls("zeros"),
    ),
    WrongResult(
        name="mod_divisor_gradient",
        oracle="gradient",
        summary="the derivative of a % b with respect to b is taken to be zero",
        met=lambda term: (
            (of_rows("mod", "mod_vec_real", "name_real_mod", "array_real_mod")(term) or calls("mod")(term))
            and _takes_float(term)
        ),
    ),
    WrongResult(
        name="tuple_gradient",
        oracle="gradient",
        summary="what is read from a tuple passes no gradient on to the values that the tuple was made of",
        met=lambda term: term.row.removesuffix("_wide") in TUPLES,
    ),
    WrongResult(
        name="loop_exit_gradient",
        oracle="gradient",
        summary="the reverse pass of a loop left by break or return runs the trips after the exit, not those before",
        met=lambda _: False,  # an obstacle: only the text shows which loops are not unrolled
    ),
    WrongResult(
        name="range_used_twice",
        oracle="reference",
        summary="a local that holds a range is used up by the first loop over it",
        met=of_rows("range_local_fixed"),
    ),
    WrongResult(
        name="struct_component_gradient",
        oracle="gradient",
        summary="a store into a component of a struct's field passes no gradient on",
        met=lambda term: term.row.removesuffix("_wide") in COMPONENTS_OF_FIELDS,
    ),
    WrongResult(
        name="transform_part_gradient",
        oracle="gradient",
        summary="a part of a transformation that is overwritten passes its gradient on to what was there before",
        met=lambda term: (
            term.row.startswith(("transform_position_", "transform_rotation_"))
            or of_rows("translation_assign", "rotation_assign")(term)
            or calls("transform_set_translation", "transform_set_rotation")(term)
        ),
    ),
    WrongResult(
        name="component_update_gradient",
        oracle="gradient",
        summary="v.x += y counts the gradient of v.x twice; v[0] += y does not",
        met=of_rows("component_add", "letter_real_add", "letter_real_sub"),
    ),
    WrongResult(
        name="tile_overload_shape",
        oracle="reference",
        summary="of overloads that differ in the shape of a tile only, every call is of the first",
        met=of_rows("tile_chain_row_overloaded_tile"),
    ),
    WrongResult(
        name="tile_overload_shape",
        oracle="gradient",
        summary="of overloads that differ in the shape of a tile only, every call is of the first",
        met=of_rows("tile_chain_row_overloaded_tile"),
    ),
    *(
        WrongResult(
            name="tile_view_strides",
            oracle=oracle,
            summary="a solution has the strides of its right-hand side: that of a view lies in what is another tile's",
            met=of_rows(*SOLVES),
            beside=_takes_view,
        )
        for oracle in ("reference", "gradient")
    ),
    WrongResult(
        name="mesh_furthest_gradient",
        oracle="gradient",
        summary="the adjoint of wp.mesh_query_furthest_point_no_sign is that of the closest point",
        met=of_rows("mesh_furthest"),
    ),
    WrongResult(
        name="volume_frame_gradient",
        oracle="gradient",
        summary="the float32 adjoints of volume_index_to_world and its like multiply by the matrix, not its transpose",
        met=lambda _: False,  # inputs have symmetric matrices where there is a derivative
    ),
    WrongResult(
        name="constant_widened",
        oracle="reference",
        summary="wp.float64(C) of a constant of float32 is the number that C was made of, not the constant's value",
        met=of_rows("constant_widened"),
    ),
    WrongResult(
        name="local_array_returned_gradient",
        oracle="gradient",
        summary="the elements of a local array that a function returns pass no gradient on",
        met=of_rows("local_from_function"),
    ),
    WrongResult(
        name="negative_index_shape",
        oracle="gradient",
        summary="where an array's shape is asked for, the adjoint of u[-1] writes to the element before the first",
        met=of_rows("array_last", "array_corner", "sliced_row_of_rows"),
        beside=_asks_for_shape,
    ),
    WrongResult(
        name="reference_view_after_return",
        oracle="compile",
        summary="the adjoint of a wp.ref into a view declares what the goto of a return or of a loop jumps over",
        met=lambda term: term.row.startswith("reference_view"),
        beside=_jumps,
    ),
    # Of some inputs only: the reference raises `UnreferencedError` for those.
    *(
        WrongResult(name, "reference", summary, met=lambda _: False)
        for name, summary in (
            ("mesh_winding_groups", "the winding numbers of a mesh with groups are computed for one node only"),
            ("svd2_equal_values", "wp.svd2 of a multiple of a rotation or a reflection gives U = V = 1"),
            ("svd2_rank_one", "a singular value of wp.svd2 is NaN where rounding makes an eigenvalue negative"),
            ("erfinv_cancellation", "wp.erfinv rounds x + 1, and wp.erfcinv 1 - x: of a small number nothing is left"),
            ("qr3_float16", "wp.qr3 and wp.svd3 of float16 give NaN under a pivot of zero"),
        )
    ),
)


def wrong_result(kernel: Kernel, oracle: str) -> WrongResult | None:
    """The first bug that a kernel meets and that would make an oracle disagree."""
    some = parts(kernel)
    terms = {id(part.overload): part for part in some if isinstance(part, Apply)}.values()
    return next((bug for bug in WRONG_RESULTS if bug.oracle == oracle and bug.occurs(terms, some)), None)
