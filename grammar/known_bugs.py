"""Bugs of Warp that growth steps round, each with the predicate that says where it would occur.

A bug is listed with the file in `tests/corpus/` that shows it: that test fails once a release of Warp mends the bug,
and the entry goes. Bugs that only show when a kernel is run are in `wrong_results`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grammar.catalogue.operators import AND, COMPARISONS, CONVERSIONS
from grammar.holes import Expr, Spelled
from grammar.production import Overload, row
from grammar.term import Apply, Expression, Filling, Name, Symbol
from grammar.types import FLOAT, HALF, INT, Matrix, Scalar, Tile, Type, Vector, bind, match, scalar_of, spell

BRAIN = Scalar("bfloat16")
NO_ROW = ""
FLOAT_WORD = Symbol(spell(FLOAT), FLOAT, "type")


@dataclass(frozen=True, slots=True)
class KnownBug:
    """One bug: of a row, the overloads that always meet it, or the terms that do and what to write instead."""

    name: str  # the corpus file's
    row: str
    summary: str
    excludes: Callable[[Overload], bool] = lambda _: False
    occurs: Callable[[Apply], bool] = lambda _: False
    instead: Callable[[Apply], Expression] = lambda term: term
    refused: frozenset[str] = frozenset({"cpu", "cuda"})  # the devices for which what is excluded does not compile


def _ends_in_reference(chain: Apply) -> bool:
    """The third operand of a chained comparison is read from memory: an element, a field, a component."""
    high = chain.fillings[2]
    return isinstance(high, Apply) and bool({"load", "struct", "stencil", "component"} & high.overload.production.tags)


def _two_comparisons(chain: Apply) -> Expression:
    """`low <= x and x < high` for `low <= x < high`."""
    low, x, high = chain.fillings
    return Apply(AND.at({}), (_compared("{a} <= {b}", chain, low, x), _compared("{a} < {b}", chain, x, high)))


def _compared(template: str, chain: Apply, a: Filling, b: Filling) -> Apply:
    """One of the chain's comparisons by itself."""
    operand = chain.overload.holes[1][1]
    assert isinstance(operand, Expr)
    overload = next(
        row.at(binding)
        for row in COMPARISONS
        if row.template == template
        and isinstance(hole := row.holes[0][1], Expr)
        and (binding := match(hole.pattern, bind(operand.pattern, {}))) is not None
    )
    return Apply(overload, (a, b))


def _of_unrolled_counter(conversion: Apply) -> bool:
    """The operand is the counter of a loop of fixed trips, which unrolling makes a constant."""
    operand = conversion.fillings[0]
    extent = operand.symbol.index_of if isinstance(operand, Name) else None
    return extent is not None and extent.fixed is not None


def _by_way_of_int(conversion: Apply) -> Expression:
    """`wp.float64(int(q))` for `wp.float64(q)`."""
    to_int = next(row for row in CONVERSIONS if row.name == "to_int32")
    return Apply(conversion.overload, (Apply(to_int.at({"From": INT}), conversion.fillings),))


def operand_types(overload: Overload) -> tuple[Type, ...]:
    """The types of the operands of an overload."""
    return tuple(bind(hole.pattern, {}) for _, hole in overload.holes if isinstance(hole, Expr))


def _result(overload: Overload) -> Type:
    """The type that an overload gives."""
    assert overload.result is not None, overload.production.name
    return overload.result


def _is_half(overload: Overload) -> bool:
    """Whether an overload takes or gives a number of 16 bits with a point."""
    return any(of in {HALF, BRAIN} for of in (*operand_types(overload), _result(overload)))


def _narrows_to_half(overload: Overload) -> bool:
    """Whether an overload converts to 16 bits with a point from another width."""
    scalar = scalar_of(_result(overload))
    return scalar in {HALF, BRAIN} and any(scalar_of(of) != scalar for of in operand_types(overload))


def _is_spelled_float(constructor: Apply) -> bool:
    """The width is given as `float`."""
    return FLOAT_WORD in constructor.fillings


def _by_width(constructor: Apply) -> Expression:
    """`dtype=wp.float32` for `dtype=float`."""
    fillings = (Symbol("wp.float32", FLOAT, "type") if each == FLOAT_WORD else each for each in constructor.fillings)
    return Apply(constructor.overload, tuple(fillings))


KNOWN_BUGS: tuple[KnownBug, ...] = (
    KnownBug(
        name="chained_comparison_reference",
        row="chain",
        summary="a chained comparison is refused if its last operand is an array element ('float32 < wp.ref[float32]')",
        occurs=_ends_in_reference,
        instead=_two_comparisons,
    ),
    KnownBug(
        name="float64_retypes_constant",
        row="to_float64",
        summary="wp.float64(q) of an unrolled loop's counter retypes the counter: a later index by it is refused",
        occurs=_of_unrolled_counter,
        instead=_by_way_of_int,
    ),
    KnownBug(
        name="norm_l1_float64",
        row="norm_l1",
        summary="wp.norm_l1 of any vector but one of float32 is refused: its body mixes in a float32 zero",
        excludes=lambda overload: overload.result != FLOAT,
    ),
    *(
        KnownBug(
            name="half_to_bool",
            row=row,
            summary="bool(x) of a float16 or bfloat16 does not compile, nor does the adjoint of wp.float16(flag)",
            excludes=_is_half,
        )
        for row in ("to_bool", "bool_to")
    ),
    *(
        KnownBug(
            name="unequal_vectors",
            row=f"ne_{kind}",
            summary="v != w of vectors, matrices, quaternions or transformations does not compile; v == w does",
            excludes=lambda _: True,
        )
        for kind in ("vec", "mat", "quat", "transform")
    ),
    KnownBug(
        name="matrix_to_half",
        row="convert_mat",
        summary="the adjoint of a matrix's conversion to float16 or bfloat16 from another width does not compile",
        excludes=_narrows_to_half,
    ),
    KnownBug(
        name="quaternion_of_float",
        row="quaternion_zero",
        summary="wp.quaternion(dtype=float) is refused, wp.quaternion(dtype=wp.float32) is not",
        excludes=lambda overload: scalar_of(_result(overload)) == FLOAT,
    ),
    *(
        KnownBug(
            name="quaternion_two_types",
            row=row,
            summary="wp.quaternion(…, dtype=float) is of another type than wp.quat(…): no function may return either",
            occurs=_is_spelled_float,
            instead=_by_width,
        )
        for row in ("quaternion", "quaternion_vector", "quaternion_copy")
    ),
    KnownBug(
        name="spatial_vector_dtype",
        row="vec_fill",
        summary="wp.spatial_vector(x) is refused, unlike wp.spatial_vectord(x): it takes x for the width",
        excludes=lambda overload: overload.result == Vector(6, FLOAT),
    ),
    *(
        KnownBug(
            name="bfloat16_decomposition",
            row=row,
            summary="wp.svd2, svd3, qr3 and eig3 of a bfloat16 matrix do not compile for CUDA",
            excludes=lambda overload: any(scalar_of(of) == BRAIN for of in operand_types(overload)),
            refused=frozenset({"cuda"}),
        )
        for name in ("svd2", "svd3", "qr3", "eig3")
        for row in (name, f"{name}_into")
    ),
    KnownBug(
        name="spatial_vector_dtype",
        row="spatial_vector_wide",
        summary="wp.spatial_vector(w, v, dtype=wp.float64) is refused: the name is also that of a type of float32",
        excludes=lambda _: True,
    ),
    KnownBug(
        name="expect_near_tolerance",
        row="expect_near",
        summary="wp.expect_near(a, b) of 16 bits needs a tolerance: the default is a float32",
        excludes=lambda overload: not {HALF, BRAIN}.isdisjoint(operand_types(overload)),
    ),
    *(
        KnownBug(
            name="expect_near_tolerance",
            row=f"expect_near_{kind}",
            summary="wp.expect_near(a, b) of another width than float32 needs a tolerance: the default has that type",
            excludes=lambda overload: all(scalar_of(of) != FLOAT for of in operand_types(overload)),
        )
        for kind in ("vec", "mat", "quat")
    ),
    *(
        KnownBug(
            name="fabric_extreme_adjoint",
            row=f"fabric_{indexed}{name}{rank}",
            summary="the adjoint of wp.atomic_max and wp.atomic_min on a Fabric array does not compile",
            excludes=lambda _: True,
        )
        for indexed in ("", "indexed")
        for name in ("max", "min")
        for rank in (1, 2)
    ),
    KnownBug(
        name="texture_sample_float32",
        row="texture_sample2",
        summary="wp.texture_sample refuses dtype=wp.float32 and takes float: a kernel that samples names no widths",
    ),
    KnownBug(
        name="tile_arange_float16",
        row="tile_arange",
        summary="a ramp of float16 does not compile: it multiplies an int by a float16, which is ambiguous",
        excludes=lambda overload: isinstance(of := overload.result, Tile) and of.element == HALF,
    ),
    # Growth does not step round this one yet: one kernel of some 50,000 is refused.
    KnownBug(
        name="tuple_reassigned",
        row="tuple_local",
        summary="a tuple in a loop that is unrolled is refused: its name holds another of the same types each time",
    ),
    # The rows of these four are written so that they do not meet the bug.
    KnownBug(
        name="tile_view_in_function",
        row="tile_chain_gather_function",
        summary="a function that returns a view of a tile does not compile for a tile in registers",
    ),
    KnownBug(
        name="tile_of_element",
        row="untile",
        summary="wp.tile(values[i]) is refused: the element is a reference until it is loaded",
    ),
    KnownBug(
        name="tile_indices_view",
        row="tile_atomic_add_indexed",
        summary="wp.tile_atomic_add_indexed at indices that are a view of a tile does not compile",
    ),
    KnownBug(
        name="tile_map_literal",
        row="tile_map_three",
        summary="a literal among three or more operands of wp.tile_map does not compile: its adjoint has another type",
    ),
    KnownBug(
        name="tile_chain_gather",
        row="tile_chain_gather_of_element",
        summary="a gather that is indexed again is refused if a call with an array element makes the indices",
        excludes=lambda _: True,
    ),
    KnownBug(
        name="tile_chain_generic",
        row="tile_chain_generic_part",
        summary="a generic function of a tile's slice is refused as an index that is followed by another",
        excludes=lambda _: True,
    ),
    # Of the language's forms: rows that always meet one …
    *(
        KnownBug(name, row, summary, excludes=lambda _: True)
        for name, row, summary in (
            (
                "adjoint_of_reference",
                "reference_adjoint",
                "wp.adjoint[x] += … of a wp.ref parameter assigns a number to a pointer in C++",
            ),
            (
                "generic_keyword",
                "generic_keyword",
                "a generic function is not found when called with keyword arguments",
            ),
            (
                "grad_in_custom_gradient",
                "gradient_by_function",
                "wp.grad(f) of a user's function in a custom gradient calls f's adjoint before C++ has seen it",
            ),
            ("static_keyword", "static_keyword", "wp.static(expr=…) is refused, though there is code for it"),
            (
                "static_string",
                "print_static",
                "wp.static of a text is refused when the kernel is hashed, though it is documented",
            ),
            (
                "static_struct_type",
                "settings_whole",
                "a struct that only wp.static brings into a kernel is not declared in C++",
            ),
            ("string_quotes", "printf_quoted", "quotes in a text are not escaped in C++"),
        )
    ),
    # … and others.
    KnownBug(
        name="chained_slice",
        row="slice_rows",  # a slice is copied where it is indexed: see `unsliced`
        summary="m[0:2][1] is taken for m[0:2, 1]; of a vector it is refused",
    ),
    KnownBug(
        name="chained_slice",
        row="sliced_row_of_rows",
        summary="array[0:2][1] is taken for array[0:2, 1]: what is read of the view may be out of bounds",
        excludes=lambda _: True,
        refused=frozenset(),
    ),
    KnownBug(
        name="indexed_array_in_function",
        row="indexed_in_function",
        summary="the adjoint of a function with an indexed array does not compile on the CPU",
        excludes=lambda _: True,
        refused=frozenset({"cpu"}),
    ),
    KnownBug(
        name="reference_gradient",
        row="reference_local",  # written so that it does not meet the bug
        summary="a custom gradient has to be given the very wp.ref[T] object of the function's annotation",
    ),
    KnownBug(
        name="replay_of_overload",
        row="replay",  # one function of a name, and numbers that begin at zero for each unit
        summary="a replay is numbered by itself and called by its function's number: they differ for a second overload",
    ),
    KnownBug(
        name="tuple_assignment_aliases_element",
        row="assigned_elements",
        summary="x, y = values[i], values[j] binds the locals to the elements: a later store changes them",
        excludes=lambda _: True,
        refused=frozenset(),
    ),
    # Two rows together meet it, on a GPU only: the CPU's code and the PTX are right. Of GPU code, which only the level
    # `sass` makes, there is none: that refuses the kernel.
    KnownBug(
        name="shared_stacks",
        row=NO_ROW,
        summary="a kernel that queries a BVH and a mesh needs 64 KB of static shared memory; a block may have 48 KB",
    ),
    # Of what no row says: growth never writes it.
    *(
        KnownBug(name, NO_ROW, summary)
        for name, summary in (
            (
                "closure_builtin_clash",
                "kernels of one factory that close over different built-ins have one hash and code",
            ),
            ("component_at_fraction", "v[1.5] of a vector is v[1]; arrays and tiles refuse it"),
            ("component_beyond", "v[3] of a vector of 3 is compiled, read and written"),
            ("shape_beyond", "u.shape[1] of an array with one axis is compiled and is 0"),
            ("loop_else", "the `else` of a loop is dropped"),
            ("nested_function_inlined", "the body of a function defined in a kernel runs where it stands"),
            ("shadowed_builtin", "a Python function that is named like a built-in is taken for it"),
            ("unset_in_other_branch", "a local that only one branch makes may be read after it, uninitialised"),
            ("wide_literal", "5000000000 is an int32, cut off without a word"),
        )
    ),
    KnownBug(
        name="deterministic_local_array",
        row="setting_deterministic",  # kernels are compiled so that do not meet the bug: see `ordered`
        summary="in deterministic mode, += of an element of a local array is refused with 'Internal Warp error'",
    ),
)


BY_ROW = {bug.row: bug for bug in KNOWN_BUGS if bug.row != NO_ROW}


def excluded(overload: Overload) -> bool:
    """Whether an overload always meets a known bug."""
    bug = BY_ROW.get(overload.production.name)
    return bug is not None and bug.excludes(overload)


def stepped_round(term: Apply) -> Expression:
    """The term, or what says the same without a known bug."""
    bug = BY_ROW.get(term.overload.production.name)
    return bug.instead(term) if bug is not None and bug.occurs(term) else term


SLICED = re.compile(r"\[[^\[\]]*:[^\[\]]*\]$")


def unsliced(template: str, hole: str, value: Expression) -> Expression:
    """An operand, or a copy of it where it is a slice of a vector or a matrix that the template indexes."""
    if f"{{{hole}}}[" not in template or not isinstance(value, Apply) or not isinstance(value.type, Vector | Matrix):
        return value
    return _copied(value) if SLICED.search(value.overload.production.template) else value


def _copied(value: Apply) -> Apply:
    """A value given to the constructor of its own type."""
    of = value.type
    copy = row("copied", "{T}({v})", of, tags="conversion", T=Spelled(of), v=Expr(of)).at({})
    return Apply(copy, (Symbol(spell(of), of, "type"), value))
