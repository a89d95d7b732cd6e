"""Near misses: what Warp has to refuse, with the message it does so with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A few lines that do not belong in a kernel.

    In `statements` and `above`, `{i}` is the kernel's thread index, `{values}`, `{points}` and `{grid}` are arrays
    among its arguments (of float, of vec3, of two axes of float).
    """

    name: str
    statements: str  # lines of the kernel's body
    message: str  # a regular expression that the refusal's text matches somewhere (re.search)
    above: str = ""  # lines above the kernel that they need


SQUARE = """@wp.func
def odd_square(x: float):
    return x * x"""

TWICE = """@wp.func
def odd_twice(x: float):
    return x + x"""

PAIR = """@wp.func
def odd_pair(x: float):
    return x, x + 1.0"""

BUMP = """@wp.func
def odd_bump(x: wp.ref[float]):
    x += 1.0"""

STRUCT = """@wp.struct
class OddBall:
    mass: float
    at: wp.vec3"""

APPLY = """@wp.func
def odd_apply(f: wp.Function, x: float):
    return f(x)"""

# A type that Warp's own headers define.
NATIVE = """import ctypes as odd_ctypes


class OddCell(odd_ctypes.Structure):
    _fields_ = [(odd_name, odd_ctypes.c_int32) for odd_name in "ijkl"]


wp.build_experimental.add_native_type(
    OddCell,
    native_name="wp::launch_coord_t",
    fields={{odd_name: wp.int32 for odd_name in "ijkl"}},
    initializer="aggregate",
)"""
# One that exposes its fields and is not made from them, under a name of its own.
OPAQUE = NATIVE.replace('\n    initializer="aggregate",', "").replace("wp::launch_coord_t", "odd::cell")

TILE = "odd = wp.tile_zeros(shape=(4, 4), dtype=float)"


NEAR_MISSES: tuple[NearMiss, ...] = (
    # names
    NearMiss("undefined_name", "odd = odd_missing + 1.0", r"Referencing undefined symbol: odd_missing"),
    NearMiss("undefined_argument", "odd = wp.sin(odd_missing)", r"undefined symbol: odd_missing"),
    NearMiss("undefined_builtin", "odd = wp.odd_missing({values}[{i}])", r"Could not find function wp\.odd_missing"),
    NearMiss(
        "plain_function",
        "odd = odd_plain({values}[{i}])",
        r"user functions must be annotated with a @wp\.func decorator",
        above="""def odd_plain(x: float):
    return x""",
    ),
    NearMiss(
        "global_list",
        "odd = odd_list[0]",
        r"Invalid external reference type: <class 'list'>",
        above="odd_list = [1.0, 2.0]",
    ),
    NearMiss(
        "lambda_called",
        "odd = odd_lambda({values}[{i}])",
        r"Lambda expressions are not yet supported",
        above="odd_lambda = lambda x: x + 1.0",
    ),
    NearMiss("none_value", "odd = None", r"None type unsupported"),
    # constructs
    NearMiss("list_value", "odd = [1.0, 2.0]", r"List constructs are not supported"),
    NearMiss("dict_value", 'odd = {{"a": 1.0}}', r"Construct `ast\.Dict` not supported"),
    NearMiss(
        "list_comprehension", "odd = [2 * odd_j for odd_j in range(3)]", r"Construct `ast\.ListComp` not supported"
    ),
    NearMiss("f_string", 'odd = 1.0\nprint(f"{{odd}}")', r"Construct `ast\.JoinedStr` not supported"),
    NearMiss("walrus", "if (odd := 2 * {i}) > 4:\n    pass", r"Construct `ast\.NamedExpr` not supported"),
    NearMiss("annotated_local", "odd: float = 1.0", r"Construct `ast\.AnnAssign` not supported"),
    NearMiss("raise", 'if {i} < 0:\n    raise ValueError("odd")', r"Construct `ast\.Raise` not supported"),
    # types
    NearMiss("chained_types", "odd = 0 < {i} < 2.5", r"Cannot chain comparisons of unequal types"),
    NearMiss("mixed_add", "odd = {values}[{i}] + {i}", r"Input types must be the same"),
    NearMiss("vector_plus_scalar", "odd = {points}[{i}] + 1.0", r"overload for 'add'"),
    NearMiss("integer_power", "odd = {i} ** 2", r"overload for 'pow'"),
    NearMiss(
        "branch_types",
        "if {i} > 4:\n    odd = 1.0\nelse:\n    odd = 1",
        r"where\(\) true value type .* must be of the same type",
    ),
    NearMiss("builtin_type", "odd = wp.sin({i})", r"overload for 'sin'"),
    NearMiss("builtin_keyword", "odd = wp.clamp(1.0, low=0.0, high=2.0, odd=1.0)", r"overload for 'clamp'"),
    NearMiss("function_type", "odd = odd_square({i})", r"overload for 'odd_square'", above=SQUARE),
    NearMiss(
        "multiple_as_argument",
        "odd = wp.sin(odd_pair(1.0))",
        r"Argument must not be the result from a multi-valued function",
        above=PAIR,
    ),
    NearMiss("type_of_two", "odd = type({i}, 1.0)(2)", r"type\(\) operator expects exactly one argument"),
    NearMiss("type_attribute", "odd = type({points}).shade(2)", r"shade is not an attribute of"),
    NearMiss("type_of_function", "odd = type(odd_square)(2)", r"Cannot deduce the type of", above=SQUARE),
    # vectors and matrices
    NearMiss("vector_type_named_twice", "odd = wp.vec3(1.0, dtype=wp.float64)", r"Remove the extraneous `dtype`"),
    NearMiss(
        "vector_mixed",
        "odd = wp.vec3({values}[{i}], {i}, 3.0)",
        r"all values used to initialize this vector are expected",
    ),
    NearMiss(
        "matrix_of_vectors",
        "odd = wp.mat33({points}[0], {points}[1], {points}[2])",
        r"Passing vectors to `wp\.matrix\(\)` isn't supported",
    ),
    NearMiss("matrix_count", "odd = wp.mat22(1.0, 2.0, 3.0)", r"incompatible number of values given \(3\)"),
    NearMiss(
        "trace_not_square",
        "odd = wp.trace(wp.matrix_from_rows(wp.vec3(1.0), wp.vec3(2.0)))",
        r"Cannot find the trace of non square matrices",
    ),
    # functions
    NearMiss(
        "argument_unannotated",
        "odd = odd_bare(1.0)",
        r"Incomplete argument annotations on function odd_bare",
        above="""@wp.func
def odd_bare(x, y: float):
    return x + y""",
    ),
    NearMiss(
        "function_from_exec",
        "odd = 1.0",
        r"Warp code defined as a string using `exec\(\)` is not supported",
        above="""exec("@wp.func\\ndef odd_text(x: float):\\n    return x")""",
    ),
    NearMiss(
        "tid_in_function",
        "odd = odd_index()",
        r"tid\(\) may only be called from a Warp kernel",
        above="""@wp.func
def odd_index():
    return wp.tid()""",
    ),
    NearMiss(
        "array_subclass",
        "odd = odd_first({values})",
        r"uses an array subclass instance as an annotation",
        above="""class OddRow(wp.array):
    pass


@wp.func
def odd_first(a: OddRow(dtype=float)):
    return a[0]""",
    ),
    NearMiss(
        "fixedarray_subclass",
        "odd = odd_first({values})",
        r"uses a fixedarray subclass instance as an annotation",
        above="""class OddRow(wp.fixedarray):
    pass


@wp.func
def odd_first(a: OddRow(dtype=float, shape=3)):
    return a[0]""",
    ),
    NearMiss(
        "array_families",
        "odd = odd_first({values})",
        r"derives from unrelated Warp array families",
        above="""class OddRow(wp.indexedarray, wp.fabricarray):
    def __init__(self):
        pass


@wp.func
def odd_first(a: OddRow()):
    return a[0]""",
    ),
    NearMiss(
        "function_argument_builtin",
        "odd = odd_apply(wp.printf, 1.0)",
        r"received unsupported built-in function 'printf'",
        above=APPLY,
    ),
    NearMiss(
        "function_argument_replay",
        "odd = odd_apply(wp.sin, 1.0)",
        r"not supported on functions with custom gradients or replay functions",
        above=APPLY
        + """


@wp.func_replay(odd_apply)
def odd_replay(f: wp.Function, x: float):
    return f(x)""",
    ),
    NearMiss(
        "native_return",
        "odd = odd_native(1.0)",
        r"Native function 'odd_native' has unsupported return type",
        above="""@wp.func_native("return x;")
def odd_native(x: float) -> str: ...""",
    ),
    # returns
    NearMiss(
        "tuple_length",
        "odd = odd_pair({values}[{i}])",
        r"annotated as a tuple of 3 elements but the code returns 2",
        above="""@wp.func
def odd_pair(x: float) -> tuple[float, float, float]:
    return x, x + 1.0""",
    ),
    NearMiss(
        "tuple_types",
        "odd = odd_pair({values}[{i}])",
        r"annotated as `.*` but the code returns a tuple with types",
        above="""@wp.func
def odd_pair(x: float) -> tuple[float, int]:
    return x, x + 1.0""",
    ),
    NearMiss(
        "tuple_unannotated",
        "odd, odd_more = odd_pair({values}[{i}])",
        r"annotated as `.*` but the code returns 2 values",
        above="""@wp.func
def odd_pair(x: float) -> float:
    return x, x + 1.0""",
    ),
    NearMiss(
        "return_type",
        "odd = odd_count({values}[{i}])",
        r"annotated as `.*` but the code returns a value of type",
        above="""@wp.func
def odd_count(x: float) -> int:
    return x""",
    ),
    NearMiss(
        "return_stack_array",
        "odd = odd_row(1.0)",
        r"returns a fixed-size array",
        above="""@wp.func
def odd_row(x: float) -> wp.array(dtype=float):
    odd = wp.zeros(shape=(3,), dtype=float)
    odd[0] = x
    return odd""",
    ),
    NearMiss(
        "return_paths",
        "odd = odd_sign({values}[{i}])",
        r"function returned different types",
        above="""@wp.func
def odd_sign(x: float):
    if x < 0.0:
        return -1
    return x""",
    ),
    NearMiss("kernel_return", "if {i} > 8:\n    return {i}", r"Warp kernels cannot return values"),
    # references
    NearMiss(
        "reference_to_sum", "odd = float(0.0)\nodd_bump(odd + 1.0)", r"requires an addressable expression", above=BUMP
    ),
    NearMiss(
        "reference_to_constant",
        "odd = 1.0\nodd_bump(odd)",
        r"mutable reference to constant local 'odd'",
        above=BUMP,
    ),
    NearMiss(
        "reference_to_function", "odd = wp.address_of(odd_square)", r"requires an addressable expression", above=SQUARE
    ),
    NearMiss(
        "reference_query",
        "odd = wp.bvh_query_ray(wp.uint64(0), wp.vec3(0.0), wp.vec3(1.0))\nodd_next(odd)",
        r"parameter expects .*BvhQuery, got",
        above="""@wp.func
def odd_next(q: wp.ref[wp.BvhQuery]):
    pass""",
    ),
    NearMiss(
        "reference_assigned",
        "odd = float(0.0)\nodd_set(odd)",
        r"assigning to ref parameter 'x'",
        above="""@wp.func
def odd_set(x: wp.ref[float]):
    x = 1""",
    ),
    NearMiss(
        "reference_augmented",
        "odd = float(1.0)\nodd_set(odd)",
        r"augmented assignment to ref parameter `x`",
        above="""@wp.func
def odd_set(x: wp.ref[float]):
    x *= wp.vec3(1.0)""",
    ),
    NearMiss(
        "transform_part_by_reference",
        "odd = wp.transform_identity()\nodd_move(odd)",
        r"assigning transform attribute p to an array element",
        above="""@wp.func
def odd_move(x: wp.ref[wp.transform]):
    x.p = wp.vec3(1.0)""",
    ),
    NearMiss("address_of_two", "odd = wp.address_of({values}, {i})", r"takes exactly one positional argument"),
    NearMiss("address_of_call", "odd = wp.address_of(wp.sin(1.0))", r"requires an addressable expression"),
    NearMiss("address_of_shape", "odd = wp.address_of({values}.shape)", r"requires an addressable expression"),
    # attributes
    NearMiss(
        "vector_swizzle_written",
        "odd = wp.vec3(1.0)\nodd.xy = 1.0",
        r"Vector swizzle must be single character, got \.xy",
    ),
    NearMiss(
        "vector_component_written", "odd = wp.vec2(1.0)\nodd.z = 1.0", r"Vector swizzle for .* must be one of xy, got z"
    ),
    NearMiss(
        "transform_word_written",
        "odd = wp.transform_identity()\nodd.pos = wp.vec3(1.0)",
        r"must be single character, got \.pos",
    ),
    NearMiss(
        "transform_letter_written",
        "odd = wp.transform_identity()\nodd.t = wp.vec3(1.0)",
        r"must be either 'p' or 'q', got t",
    ),
    NearMiss(
        "struct_attribute",
        "odd = OddBall()\nodd_part = odd.speed",
        r"`speed` is not an attribute of 'odd'",
        above=STRUCT,
    ),
    NearMiss(
        "enum_member",
        "odd = OddKind.BLUE",
        r"`BLUE` is not an attribute of",
        above="""import enum as odd_enum


class OddKind(odd_enum.IntEnum):
    RED = 1""",
    ),
    # native types
    NearMiss("native_many", "odd = OddCell(1, 2, 3, 4, 5)", r"expects 4 constructor arguments, got 5", above=NATIVE),
    NearMiss("native_few", "odd = OddCell(1, 2)", r"requires all exposed fields; missing k, l", above=NATIVE),
    NearMiss("native_unknown", "odd = OddCell(1, 2, 3, m=4)", r"has no exposed field 'm'", above=NATIVE),
    NearMiss("native_twice", "odd = OddCell(1, 2, 3, i=4)", r"multiple values for field 'i'", above=NATIVE),
    NearMiss("native_star_star", "odd = OddCell(**{i})", r"do not support \*\*kwargs", above=NATIVE),
    NearMiss("native_type", "odd = OddCell(1, 2, 3, 4.0)", r"Native field 'l' expects int32", above=NATIVE),
    NearMiss("native_opaque", "odd = OddCell(1, 2, 3, 4)", r"only supports default construction", above=OPAQUE),
    NearMiss(
        "native_constant",
        "odd = ODD\nodd_part = odd.i",
        r"Captured constants of opaque native type",
        above=OPAQUE + "\n\n\nODD = OddCell(1, 2, 3, 4)",
    ),
    NearMiss(
        "native_attribute",
        "odd = ODD.m",
        r"`m` is not an attribute of 'ODD'",
        above=NATIVE + "\nODD = OddCell(1, 2, 3, 4)",
    ),
    # statics
    NearMiss("static_two", "odd = wp.static(1.0, 2.0)", r"static\(\) requires a single argument"),
    NearMiss(
        "static_local", "odd = wp.static({i})", r"Make sure all variables used in the static expression are const"
    ),
    NearMiss("static_division", "odd = wp.static(1 // 0)", r"Error evaluating static expression: .*by zero"),
    NearMiss("static_none", "odd = wp.static(None)", r"None is returned"),
    NearMiss("static_list", "odd = wp.static([1.0, 2.0])", r"value of type <class 'list'> cannot be constructed"),
    NearMiss(
        "static_array",
        "odd = wp.static(ODD)",
        r"a Warp array cannot be created inside",
        above="ODD = wp.array(dtype=float)",
    ),
    NearMiss(
        "static_struct",
        "odd = wp.static(ODD)",
        r"the returned Warp struct contains a data type that cannot be constructed",
        above="""@wp.struct
class OddTable:
    rows: wp.array(dtype=float)


ODD = OddTable()""",
    ),
    # loops
    NearMiss("break_outside", "if {i} > 8:\n    break", r"'break' outside loop"),
    NearMiss(
        "constant_in_loop",
        "odd = 0.0\nfor odd_step in range({i}):\n    odd = odd + 1.0",
        r"Error mutating a constant odd inside a dynamic loop",
    ),
    NearMiss(
        "type_in_loop",
        "odd = int(0)\nfor odd_step in range({i}):\n    odd = 0.5 * float(odd_step)",
        r"assigning to existing symbol odd",
    ),
    NearMiss("range_step_zero", "for odd in range(0, 4, 0):\n    pass", r"range\(\) arg 3 must not be zero"),
    NearMiss("array_iterated", "for odd in {values}:\n    pass", r"overload for 'iter_next'"),
    # assignments
    NearMiss("chained_assignment", "odd = odd_more = 1.0", r"Assigning the same value to multiple variables"),
    NearMiss("type_changed", "odd = 1\nodd = 1.0", r"assigning to existing symbol odd .* with different type"),
    NearMiss("list_target", "[odd, odd_more] = 1.0, 2.0", r"unsupported assignment statement"),
    NearMiss("augmented_type", "odd = float(1.0)\nodd *= wp.vec3(1.0)", r"augmented assignment to `odd`"),
    NearMiss(
        "function_rebound",
        "odd = odd_square\nodd = odd_twice",
        r"rebinding function-valued local 'odd' to a different function",
        above=SQUARE + "\n\n\n" + TWICE,
    ),
    NearMiss(
        "function_overwritten", "odd = odd_square\nodd = 1.0", r"local 'odd' to a non-function value", above=SQUARE
    ),
    NearMiss("scalar_subscript_assigned", "odd = float(0.0)\nodd[0] = 1.0", r"Can only subscript assign"),
    NearMiss("scalar_subscript_augmented", "odd = float(0.0)\nodd[0] += 1.0", r"Can only subscript in-place assign"),
    NearMiss("component_type", "{points}[{i}].x = 1", r"Composite slot assignment expects value of type"),
    NearMiss("struct_field_type", "odd = OddBall()\nodd.mass = 1", r"assigning to struct field `mass`", above=STRUCT),
    NearMiss("array_element_type", "{values}[{i}] = {i}", r"array_store\(\) value argument type"),
    NearMiss("atomic_type", "wp.atomic_add({values}, {i}, 1)", r"atomic_add\(\) value argument type"),
    NearMiss(
        "unpack_too_many",
        "odd, odd_more, odd_most = odd_pair(1.0)",
        r"incorrect number of values to unpack \(expected 2, got 3\)",
        above=PAIR,
    ),
    NearMiss(
        "unpack_tuple",
        "odd_all = (1.0, 2.0)\nodd, odd_more, odd_most = odd_all",
        r"Invalid number of values to unpack \(expected 3, got 2\)",
    ),
    NearMiss(
        "unpack_to_elements",
        "{values}[0], {values}[1] = 1.0, 2.0",
        r"Multiple return functions can only assign to simple variables",
    ),
    NearMiss(
        "unpack_type",
        "odd = 1\nodd, odd_more = 1.0, 2.0",
        r"assigning to existing symbol odd .* with different type",
    ),
    # arrays and indices
    NearMiss("index_too_many", "odd = {values}[{i}, 0]", r"got 2 indices for a 1 dimensional array"),
    NearMiss(
        "index_straddling",
        "odd = odd_view({grid}, {i})",
        r"got 3 indices for a 2 dimensional array",
        above="""@wp.func
def odd_view(a: wp.array2d(dtype=float), j: int):
    return a[0][j, 1]""",
    ),
    NearMiss("index_vector", "odd = {grid}[{points}[{i}]]", r"index arguments must be of integer or slice types"),
    NearMiss("index_float_write", "{points}[0.5].x = 1.0", r"Array slot write indices must be integers or slices"),
    NearMiss("slice_step_zero", "odd = {values}[0:4:0]", r"Slice step cannot be zero"),
    NearMiss("vector_slice_step_zero", "odd = wp.vec4(1.0)\nodd_part = odd[::0]", r"Slice step cannot be zero"),
    NearMiss("vector_slice_variable", "odd = wp.vec4(1.0)\nodd_part = odd[{i}:]", r"must be a compile-time constant"),
    NearMiss("vector_slice_float", "odd = wp.vec4(1.0)\nodd_part = odd[0:1.5]", r"Slice component must be an integer"),
    NearMiss(
        "vector_slice_length",
        "odd = wp.vec4(1.0)\nodd[0:2] = wp.vec3(1.0)",
        r"isn't compatible with the given slice \(expected 2\)",
    ),
    NearMiss(
        "array_zeros_variable",
        "odd = wp.zeros(shape=({i},), dtype=float)",
        r"the `shape` argument must be specified as a constant",
    ),
    # starred
    NearMiss("starred_two_axes", "odd = wp.vec3(*{grid}[0:3])", r"only supported for 1D arrays, got 2D"),
    NearMiss("starred_open", "odd = wp.vec3(*{values}[0:])", r"requires explicit upper bound"),
    NearMiss("starred_negative", "odd = wp.vec3(*{values}[-3:3])", r"slice bounds cannot be negative"),
    NearMiss("starred_backward", "odd = wp.vec3(*{values}[3:0:-1])", r"slice step cannot be negative"),
    NearMiss(
        "starred_backward_open", "odd = wp.vec3(*{values}[::-1])", r"Reverse slices require explicit start and stop"
    ),
    NearMiss("starred_slice_scalar", "odd = wp.vec3(*{i}[0:3])", r"Starred expressions with slices are only supported"),
    NearMiss("starred_array", "odd = wp.vec3(*{values})", r"only if they are sliced with bounds known"),
    NearMiss("starred_scalar", "odd = wp.vec3(*{i})", r"Starred expressions are only supported for arrays"),
    NearMiss("starred_empty", "odd = wp.vec3(*{values}[2:2])", r"Starred expression results in empty sequence"),
    # tiles
    NearMiss(
        "tile_shape_variable",
        "odd = wp.tile_zeros(shape={i}, dtype=float)",
        r"require shape to be a compile time constant",
    ),
    NearMiss("tile_index_float", TILE + "\nodd_part = odd[0.5]", r"Tile indices must be integers or slices"),
    NearMiss("tile_index_range", TILE + "\nodd_part = odd[4]", r"Tile index 4 is out of bounds for axis 0 with size 4"),
    NearMiss("tile_slice_step", TILE + "\nodd_part = odd[::0]", r"Slice step cannot be zero"),
    NearMiss("tile_slice_empty", TILE + "\nodd_part = odd[2:2]", r"slice produced an empty tile"),
    NearMiss(
        "tile_scatter",
        TILE + "\nodd_rows = wp.tile_arange(0, 2, dtype=int)\nodd[odd_rows, :] = odd",
        r"Advanced-index assignment on tiles",
    ),
    NearMiss("tile_view_scalar", TILE + "\nodd[0] = 1.0", r"Tile view assignment requires a tile of matching shape"),
    NearMiss("tile_view_shape", TILE + "\nodd[0:2] = odd", r"Tile view assignment shape mismatch"),
    NearMiss("tile_view_augmented", TILE + "\nodd[0] += 1.0", r"Compound assignment to a tile view"),
    NearMiss(
        "tile_add_shapes",
        TILE + "\nodd_sum = odd + wp.tile_zeros(shape=(2, 2), dtype=float)",
        r"shapes do not match on dimension 0",
    ),
    NearMiss(
        "tile_map_arguments",
        TILE + "\nodd_out = wp.tile_map(wp.atan2, odd)",
        r"No overload of .* found for tile element type float32",
    ),
    NearMiss("tile_arange_empty", "odd = wp.tile_arange(4, 4, dtype=int)", r"requires a non-empty range"),
    NearMiss(
        "tile_load_axes",
        "odd = wp.tile_load({values}, shape=(2, 2))",
        r"must have same number of dimensions as the tile shape",
    ),
    NearMiss(
        "tile_store_type",
        "wp.tile_store({values}, wp.tile_zeros(shape=4, dtype=int))",
        r"arguments must have the same dtype",
    ),
    # gradients
    NearMiss(
        "gradient_two",
        "odd = wp.grad(odd_square, 1.0)",
        r"grad\(\) expects exactly one function argument",
        above=SQUARE,
    ),
    NearMiss("gradient_of_value", "odd = wp.grad({i})", r"grad\(\) expects a Warp function, got Var"),
    NearMiss(
        "gradient_of_random",
        "odd = wp.grad(wp.rand_init)(1)",
        r"Cannot compute gradient of non-differentiable function 'rand_init'",
    ),
    NearMiss(
        "gradient_of_void",
        "wp.grad(odd_clear)({values})",
        r"Cannot compute gradient of void function",
        above="""@wp.func
def odd_clear(a: wp.array(dtype=float)):
    a[0] = 0.0""",
    ),
    NearMiss("gradient_rebound", "odd = wp.grad(odd_square)\nodd = 1.0", r"Cannot reassign local 'odd'", above=SQUARE),
    NearMiss(
        "gradient_unpacked",
        "odd = wp.grad(odd_square)\nodd, odd_more = 1.0, 2.0",
        r"Cannot reassign local 'odd'",
        above=SQUARE,
    ),
    NearMiss(
        "gradient_augmented", "odd = wp.grad(odd_square)\nodd += 1.0", r"Cannot reassign local 'odd'", above=SQUARE
    ),
    NearMiss(
        "gradient_slot",
        "odd = odd_pick({points}, {i})",
        r"Differentiable composite slot augmented assignments",
        above="""@wp.func
def odd_pick(a: wp.array(dtype=wp.vec3), j: int):
    return a[j][0]


@wp.func_grad(odd_pick)
def odd_adj_pick(a: wp.array(dtype=wp.vec3), j: int, adj_ret: float):
    a[j][0] *= adj_ret""",
    ),
    NearMiss(
        "gradient_of_slot",
        "odd_cells, odd_index = wp.grad(odd_scale)({points}, {i})",
        r"Differentiable composite slot augmented assignments",
        above="""@wp.func
def odd_scale(a: wp.array(dtype=wp.vec3), j: int):
    a[j][0] *= 2.0
    return a[j][0]""",
    ),
    NearMiss(
        "gradient_arguments",
        "odd = odd_square(1.0)",
        r"No function overload found for gradient function odd_adj_square",
        above=SQUARE
        + """


@wp.func_grad(odd_square)
def odd_adj_square(x: float):
    wp.adjoint[x] += 2.0 * x""",
    ),
    NearMiss(
        "gradient_generic",
        "odd = 1.0",
        r"functions with generic input arguments are not yet supported",
        above="""from typing import Any as OddAny


@wp.func
def odd_any(x: OddAny):
    return x


@wp.func_grad(odd_any)
def odd_adj_any(x: float, adj_ret: float):
    wp.adjoint[x] += adj_ret""",
    ),
    NearMiss(
        "replay_arguments",
        "odd = odd_square(1.0)",
        r"Could not find forward definition of function odd_square",
        above=SQUARE
        + """


@wp.func_replay(odd_square)
def odd_replay_square(x: int):
    return x""",
    ),
)
