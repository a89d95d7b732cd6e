"""Operators: arithmetic, bits, comparison, logic, conversion and choice."""

from __future__ import annotations

from grammar.catalogue.variables import (
    F2,
    M6,
    MA,
    MI,
    MR,
    VF,
    VI,
    VL,
    VLF,
    VLI,
    VLZ,
    C,
    F,
    I,
    K,
    M,
    N,
    Q,
    R,
    S,
    T,
    V,
    Z,
)
from grammar.holes import Const, Domain, Expr, Input, Spelled
from grammar.production import Production, call, infix, row
from grammar.types import (
    BOOL,
    FLOAT,
    INT,
    NUMBERS,
    SHORT,
    MatrixOf,
    Pattern,
    QuaternionOf,
    Scalar,
    Size,
    TypeVariable,
    VectorOf,
    is_integer,
)

TRUTH = Expr(BOOL)
# A conversion's source has its own variable, so that every pair of widths is an overload.
FROM_I, FROM_F = TypeVariable("From", I.over), TypeVariable("From", F.over)
OTHER = TypeVariable("From", (*F.over, INT, Scalar("uint8")))

ARITHMETIC: tuple[Production, ...] = (
    infix("add", "+", S, S, tags="arithmetic", noun="total"),
    infix("sub", "-", S, S, tags="apart arithmetic", noun="delta"),
    infix("mul", "*", S, S, tags="arithmetic", noun="product"),
    infix("div", "/", S, S, right=Expr(S, Domain.NONZERO), tags="apart arithmetic", noun="ratio"),
    infix("mod", "%", S, S, right=Expr(S, Domain.NONZERO), tags="apart arithmetic", noun="remainder"),
    infix("floordiv", "//", S, S, right=Expr(S, Domain.NONZERO), tags="apart arithmetic", noun="cell"),
    infix("square", "**", F, F, right=Const(F, (2.0, 3.0, 4.0)), tags="arithmetic", noun="power"),
    infix("power", "**", Expr(F, Domain.POSITIVE), F, right=Expr(F, Domain.UNIT), tags="arithmetic", noun="power"),
    row("neg", "-{a}", Z, a=Z, tags="arithmetic", noun="negated"),
    row("pos", "+{a}", S, a=S, tags="arithmetic"),
    # The same operators by their names.
    call("add", S, a=S, b=S, tags="arithmetic", noun="total", row_name="add_call"),
    call("sub", S, a=S, b=S, tags="apart arithmetic", noun="delta", row_name="sub_call"),
    call("mul", S, a=S, b=S, tags="arithmetic", noun="product", row_name="mul_call"),
    call("div", F, a=F, b=Expr(F, Domain.NONZERO), tags="apart arithmetic", noun="ratio", row_name="div_call"),
    call("mod", S, a=S, b=Expr(S, Domain.NONZERO), tags="apart arithmetic", noun="remainder", row_name="mod_call"),
    call("floordiv", S, a=S, b=Expr(S, Domain.NONZERO), tags="apart arithmetic", noun="cell", row_name="floordiv_call"),
    call("neg", Z, x=Z, tags="arithmetic", noun="negated", row_name="neg_call"),
)

BITS: tuple[Production, ...] = (
    infix("bit_and", "&", I, I, tags="bits integer", noun="masked"),
    infix("bit_or", "|", I, I, tags="bits integer", noun="merged"),
    infix("bit_xor", "^", I, I, tags="bits integer", noun="mixed"),
    infix("lshift", "<<", I, I, right=Expr(I, Domain.SHIFT), tags="bits integer", noun="shifted"),
    infix("rshift", ">>", I, I, right=Expr(I, Domain.SHIFT), tags="bits integer", noun="shifted"),
    row("invert", "~{a}", I, a=I, tags="bits integer", noun="inverted"),
    *(
        production
        for suffix, of, tag in (("_vec", VLI, "vector"), ("_mat", MI, "matrix"))
        for production in (
            infix(f"bit_and{suffix}", "&", of, of, tags=f"bits {tag}"),
            infix(f"bit_or{suffix}", "|", of, of, tags=f"bits {tag}"),
            infix(f"bit_xor{suffix}", "^", of, of, tags=f"bits {tag}"),
            infix(f"lshift{suffix}", "<<", of, of, right=Expr(of, Domain.SHIFT), tags=f"bits {tag}"),
            infix(f"rshift{suffix}", ">>", of, of, right=Expr(of, Domain.SHIFT), tags=f"bits {tag}"),
            row(f"invert{suffix}", "~{a}", of, a=of, tags=f"bits {tag}"),
        )
    ),
)

SIGNS = (("eq", "=="), ("ge", ">="), ("lt", "<"), ("gt", ">"), ("ne", "!="), ("le", "<="))
COMPARISONS: tuple[Production, ...] = tuple(
    infix(name + suffix, operator, of, BOOL, right=Expr(of, Domain.COMPARED), tags="condition comparison", noun="hit")
    for suffix, of in (("", I), ("_real", F))
    for name, operator in SIGNS
)
# Equality of the other types; tags say no "comparison": a kernel that needs a condition at hand compares numbers.
EQUALITIES: tuple[Production, ...] = tuple(
    infix(name + suffix, operator, of, BOOL, tags=f"condition {tag}", noun="same")
    for suffix, of, tag in (
        ("_vec", VL, "vector"),
        ("_mat", MA, "matrix"),
        ("_quat", Q, "quaternion"),
        ("_transform", T, "transform"),
        ("_bool", BOOL, "logic"),
    )
    for name, operator in (("eq", "=="), ("ne", "!="))
)

AND = infix("and", "and", TRUTH, BOOL, tags="condition logic apart", noun="both")
NOT = row("not", "not {a}", BOOL, a=TRUTH, tags="condition logic apart", noun="missing")
HAS = Input(FLOAT, 1)  # an array where a truth value stands: whether the caller gave one
LOGIC: tuple[Production, ...] = (
    AND,
    infix("or", "or", TRUTH, BOOL, tags="condition logic apart", noun="either"),
    NOT,
    row("not_int", "not {a}", BOOL, a=Expr(I, varying=True), tags="condition logic", noun="empty"),
    row("not_array", "not {a}", BOOL, a=HAS, tags="condition logic", noun="absent"),
    row(
        "between",
        "{low} < {x} < {high}",
        BOOL,
        x=S,
        low=Const(S, (0.0, 1.0)),
        high=Const(S, (10.0, 2.0, 8.0, 100.0)),
        tags="condition comparison",
        noun="inside",
    ),
    row(
        "chain", "{low} <= {x} < {high}", BOOL, low=S, x=Expr(S, varying=True), high=S, tags="condition", noun="inside"
    ),
)

CONVERSIONS: tuple[Production, ...] = (
    *(
        row(
            f"to_{scalar.name}{suffix}",
            f"{SHORT.get(scalar.name, 'wp.' + scalar.name)}({{x}})",
            scalar,
            x=source,
            tags="conversion",
        )
        for scalar in map(Scalar, NUMBERS)
        for suffix, source in (
            ("", Expr(FROM_I)),
            ("_real", Expr(FROM_F, Domain.FINITE if is_integer(scalar) else Domain.ANY)),
        )
    ),
    row("bool_to_int", "int({x})", INT, x=BOOL, tags="conversion", noun="flag"),
    row("bool_to", "{to}({x})", S, x=BOOL, to=Spelled(S), tags="conversion", noun="flag"),
    row("to_bool", "bool({x})", BOOL, x=Expr(S, varying=True), tags="conversion condition", noun="present"),
    # Compound types at another width; to integers from what surely fits.
    row(
        "convert_vec",
        "{to}({v})",
        VF,
        to=Spelled(VF),
        v=VectorOf(N, OTHER),
        tags="conversion vector",
        noun="converted",
    ),
    row(
        "convert_vec_int",
        "{to}({v})",
        VI,
        to=Spelled(VI),
        v=Expr(VectorOf(N, TypeVariable("From", (FLOAT, Scalar("uint8")))), Domain.FINITE),
        tags="conversion vector",
        noun="cell",
    ),
    row("convert_mat", "{to}({m})", M, to=Spelled(M), m=MatrixOf(N, N, FROM_F), tags="conversion matrix"),
    row("convert_quat", "{to}({q})", Q, to=Spelled(Q), q=QuaternionOf(FROM_F), tags="conversion quaternion"),
)

KINDS: tuple[tuple[str, Pattern, str], ...] = (
    ("", S, ""),
    ("_vec", VL, " vector"),
    ("_mat", M, " matrix"),
    ("_quat", Q, " quaternion"),
    ("_transform", T, " transform"),
)
CHOICES: tuple[Production, ...] = (
    *(
        row(
            f"where{suffix}",
            "wp.where({test}, {a}, {b})",
            of,
            test=BOOL,
            a=of,
            b=of,
            tags=f"choice{tag}",
            noun="chosen",
        )
        for suffix, of, tag in (*KINDS, ("_bool", BOOL, ""))
    ),
    row(
        "where_int",
        "wp.where({test}, {a}, {b})",
        FLOAT,
        test=Expr(I, varying=True),
        a=FLOAT,
        b=FLOAT,
        tags="choice",
        noun="chosen",
    ),
    row("where_array", "wp.where({array}, {a}, {b})", FLOAT, array=HAS, a=FLOAT, b=FLOAT, tags="choice", noun="chosen"),
    *(
        row(
            f"ternary{suffix}",
            "{a} if {test} else {b}",
            of,
            a=of,
            test=BOOL,
            b=of,
            tags=f"choice branch{tag}",
            noun="chosen",
        )
        for suffix, of, tag in KINDS
    ),
)

COMPOUND: tuple[Production, ...] = (
    infix("add_vec", "+", VL, VL, tags="vector", noun="total"),
    infix("sub_vec", "-", VL, VL, tags="apart vector", noun="delta"),
    infix("scale_vec", "*", VL, VL, right=S, tags="vector", noun="scaled"),
    infix("scaled_vec", "*", S, VL, right=VL, tags="vector", noun="scaled"),
    infix("div_vec", "/", VL, VL, right=Expr(S, Domain.NONZERO), tags="apart vector", noun="mean"),
    infix("div_by_vec", "/", F, VLF, right=Expr(VLF, Domain.NONZERO), tags="vector", noun="inverse"),
    infix("mod_vec", "%", VI, VI, right=Expr(VI, Domain.NONZERO), tags="apart vector", noun="wrapped"),
    infix("mod_vec_real", "%", VF, VF, right=Expr(VF, Domain.NONZERO), tags="apart vector", noun="wrapped"),
    row("neg_vec", "-{a}", VLZ, a=VLZ, tags="vector", noun="opposite"),
    row("pos_vec", "+{a}", V, a=V, tags="vector"),
    infix("add_mat", "+", MA, MA, tags="matrix", noun="total"),
    infix("sub_mat", "-", MA, MA, tags="apart matrix", noun="delta"),
    infix("mul_mat", "*", M, M, tags="matrix", noun="product"),
    infix("mul_mat6", "*", M6, M6, tags="matrix", noun="product"),
    infix("mul_mat_int", "*", MI, MI, tags="matrix", noun="product"),
    infix(
        "mul_mat_any",
        "*",
        MatrixOf(R, K, F2),
        MatrixOf(R, C, F2),
        right=MatrixOf(K, C, F2),
        tags="matrix",
        noun="product",
    ),
    infix("matmul", "@", M, M, tags="matrix", noun="product"),
    infix(
        "matmul_any",
        "@",
        MatrixOf(R, K, F2),
        MatrixOf(R, C, F2),
        right=MatrixOf(K, C, F2),
        tags="matrix",
        noun="product",
    ),
    infix("mul_mat_vec", "*", M, VF, right=VF, tags="matrix vector", noun="mapped"),
    infix("mul_mat_vec6", "*", M6, VectorOf(6, F), right=VectorOf(6, F), tags="matrix vector spatial", noun="mapped"),
    infix("mul_mat_vec_any", "*", MR, VectorOf(R, F), right=VectorOf(C, F), tags="matrix vector", noun="mapped"),
    infix("matmul_vec", "@", M, VF, right=VF, tags="matrix vector", noun="mapped"),
    infix("mul_vec_mat", "*", VF, VF, right=M, tags="matrix vector", noun="mapped"),
    infix("mul_vec_mat_any", "*", VectorOf(R, F), VectorOf(C, F), right=MR, tags="matrix vector", noun="mapped"),
    infix("matmul_vec_mat", "@", VF, VF, right=M, tags="matrix vector", noun="mapped"),
    infix("scale_mat", "*", MR, MR, right=F, tags="matrix", noun="scaled"),
    infix("scaled_mat", "*", F, MR, right=MR, tags="matrix", noun="scaled"),
    infix("scale_mat_int", "*", MI, MI, right=I, tags="matrix", noun="scaled"),
    infix("scaled_mat6", "*", F, M6, right=M6, tags="matrix spatial", noun="scaled"),
    infix("div_mat", "/", MR, MR, right=Expr(F, Domain.NONZERO), tags="matrix", noun="mean"),
    infix("div_by_mat", "/", F, M, right=Expr(M, Domain.NONZERO), tags="matrix", noun="inverse"),
    row("neg_mat", "-{a}", MR, a=MR, tags="matrix", noun="opposite"),
    row("pos_mat", "+{a}", M, a=M, tags="matrix"),
    infix("add_quat", "+", Q, Q, tags="quaternion", noun="total"),
    infix("sub_quat", "-", Q, Q, tags="apart quaternion", noun="delta"),
    infix("mul_quat", "*", Q, Q, tags="quaternion", noun="rotation"),
    infix("scale_quat", "*", Q, Q, right=F, tags="quaternion", noun="scaled"),
    infix("scaled_quat", "*", F, Q, right=Q, tags="quaternion", noun="scaled"),
    infix("div_quat", "/", Q, Q, right=Expr(F, Domain.NONZERO), tags="quaternion", noun="mean"),
    infix("div_by_quat", "/", F, Q, right=Expr(Q, Domain.NONZERO), tags="quaternion", noun="inverse"),
    row("neg_quat", "-{a}", Q, a=Q, tags="quaternion", noun="opposite"),
    row("pos_quat", "+{a}", Q, a=Q, tags="quaternion"),
    # A division that trades accuracy for speed.
    *(
        call(
            "div_approx", result, a=a, b=Expr(b, Domain.NONZERO), tags=tag, noun="ratio", row_name=f"div_approx{suffix}"
        )
        for suffix, a, b, result, tag in (
            ("", F, F, F, "math"),
            ("_vec", VF, F, VF, "vector"),
            ("_by_vec", F, VF, VF, "vector"),
            ("_mat", M, F, M, "matrix"),
            ("_by_mat", F, M, M, "matrix"),
            ("_quat", Q, F, Q, "quaternion"),
            ("_by_quat", F, Q, Q, "quaternion"),
        )
    ),
)

PLACE = Const(INT, (0, 1))
COMPONENTS: tuple[Production, ...] = (
    *(
        row(f"component_{letter}", f"{{v}}.{letter}", S, v=VectorOf(size, S), tags="vector component", noun=letter)
        for letter, size in (("x", N), ("y", N), ("z", Size("N", (3, 4))), ("w", 4))
    ),
    row("component", "{v}[{k}]", S, v=VL, k=Const(INT, (0, 1, -1)), tags="vector component"),
    row("element", "{m}[{r}, {c}]", F, m=MR, r=PLACE, c=PLACE, tags="matrix component"),
    row(
        "element6", "{m}[{r}, {c}]", F, m=M6, r=Const(INT, (0, 3, 5)), c=Const(INT, (0, 3, 4)), tags="matrix component"
    ),
    row("element_int", "{m}[{r}, {c}]", I, m=MI, r=PLACE, c=PLACE, tags="matrix component"),
    row("row_of", "{m}[{r}]", VectorOf(C, F), m=MR, r=PLACE, tags="matrix component", noun="axis"),
    row("component_quat", "{q}[{k}]", F, q=Q, k=Const(INT, (3, 0, 1, 2)), tags="quaternion component"),
    *(
        row(f"component_quat_{letter}", f"{{q}}.{letter}", F, q=Q, tags="quaternion component", noun=letter)
        for letter in "xyzw"
    ),
)

OPERATORS = (*ARITHMETIC, *BITS, *COMPARISONS, *EQUALITIES, *LOGIC, *CONVERSIONS, *CHOICES, *COMPOUND, *COMPONENTS)
