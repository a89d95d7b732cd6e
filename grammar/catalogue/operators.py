"""Operators: arithmetic, bits, comparison, logic, conversion and choice."""

from __future__ import annotations

from grammar.catalogue.variables import VF, VI, VZ, F, I, M, N, Q, S, V, Z
from grammar.production import Const, Domain, Expr, Production, infix, row
from grammar.types import BOOL, INT, NUMBERS, SHORT, Scalar, Size, TypeVariable, VectorOf, is_integer

TRUTH = Expr(BOOL)
# A conversion's source has its own variable, so that every pair of widths is an overload.
FROM_I, FROM_F = TypeVariable("From", I.over), TypeVariable("From", F.over)

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
)

BITS: tuple[Production, ...] = (
    infix("bit_and", "&", I, I, tags="bits integer", noun="masked"),
    infix("bit_or", "|", I, I, tags="bits integer", noun="merged"),
    infix("bit_xor", "^", I, I, tags="bits integer", noun="mixed"),
    infix("lshift", "<<", I, I, right=Expr(I, Domain.SHIFT), tags="bits integer", noun="shifted"),
    infix("rshift", ">>", I, I, right=Expr(I, Domain.SHIFT), tags="bits integer", noun="shifted"),
    row("invert", "~{a}", I, a=I, tags="bits integer", noun="inverted"),
    infix("bit_and_vec", "&", VI, VI, tags="bits vector"),
    infix("bit_or_vec", "|", VI, VI, tags="bits vector"),
    infix("bit_xor_vec", "^", VI, VI, tags="bits vector"),
    row("invert_vec", "~{a}", VI, a=VI, tags="bits vector"),
)

SIGNS = (("eq", "=="), ("ge", ">="), ("lt", "<"), ("gt", ">"), ("ne", "!="), ("le", "<="))
COMPARISONS: tuple[Production, ...] = tuple(
    infix(name + suffix, operator, of, BOOL, right=Expr(of, Domain.COMPARED), tags="condition comparison", noun="hit")
    for suffix, of in (("", I), ("_real", F))
    for name, operator in SIGNS
)

AND = infix("and", "and", TRUTH, BOOL, tags="condition logic apart", noun="both")
NOT = row("not", "not {a}", BOOL, a=TRUTH, tags="condition logic apart", noun="missing")
LOGIC: tuple[Production, ...] = (
    AND,
    infix("or", "or", TRUTH, BOOL, tags="condition logic apart", noun="either"),
    NOT,
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
)

CHOICES: tuple[Production, ...] = (
    row("where", "wp.where({test}, {a}, {b})", S, test=BOOL, a=S, b=S, tags="choice", noun="chosen"),
    row("where_vec", "wp.where({test}, {a}, {b})", V, test=BOOL, a=V, b=V, tags="choice vector", noun="chosen"),
    row("ternary", "{a} if {test} else {b}", S, a=S, test=BOOL, b=S, tags="choice branch", noun="chosen"),
)

COMPOUND: tuple[Production, ...] = (
    infix("add_vec", "+", V, V, tags="vector", noun="total"),
    infix("sub_vec", "-", V, V, tags="apart vector", noun="delta"),
    infix("scale_vec", "*", V, V, right=S, tags="vector", noun="scaled"),
    infix("scaled_vec", "*", S, V, right=V, tags="vector", noun="scaled"),
    infix("div_vec", "/", V, V, right=Expr(S, Domain.NONZERO), tags="apart vector", noun="mean"),
    infix("div_by_vec", "/", F, VF, right=Expr(VF, Domain.NONZERO), tags="vector", noun="inverse"),
    infix("mod_vec", "%", VI, VI, right=Expr(VI, Domain.NONZERO), tags="apart vector", noun="wrapped"),
    row("neg_vec", "-{a}", VZ, a=VZ, tags="vector", noun="opposite"),
    infix("add_mat", "+", M, M, tags="matrix", noun="total"),
    infix("sub_mat", "-", M, M, tags="apart matrix", noun="delta"),
    infix("mul_mat", "*", M, M, tags="matrix", noun="product"),
    infix("matmul", "@", M, M, tags="matrix", noun="product"),
    infix("mul_mat_vec", "*", M, VF, right=VF, tags="matrix vector", noun="mapped"),
    infix("matmul_vec", "@", M, VF, right=VF, tags="matrix vector", noun="mapped"),
    infix("mul_vec_mat", "*", VF, VF, right=M, tags="matrix vector", noun="mapped"),
    infix("scale_mat", "*", M, M, right=F, tags="matrix", noun="scaled"),
    infix("scaled_mat", "*", F, M, right=M, tags="matrix", noun="scaled"),
    infix("div_mat", "/", M, M, right=Expr(F, Domain.NONZERO), tags="matrix", noun="mean"),
    row("neg_mat", "-{a}", M, a=M, tags="matrix", noun="opposite"),
    infix("add_quat", "+", Q, Q, tags="quaternion", noun="total"),
    infix("sub_quat", "-", Q, Q, tags="apart quaternion", noun="delta"),
    infix("mul_quat", "*", Q, Q, tags="quaternion", noun="rotation"),
    infix("scale_quat", "*", Q, Q, right=F, tags="quaternion", noun="scaled"),
    infix("scaled_quat", "*", F, Q, right=Q, tags="quaternion", noun="scaled"),
    infix("div_quat", "/", Q, Q, right=Expr(F, Domain.NONZERO), tags="quaternion", noun="mean"),
    row("neg_quat", "-{a}", Q, a=Q, tags="quaternion", noun="opposite"),
)

COMPONENTS: tuple[Production, ...] = (
    *(
        row(f"component_{letter}", f"{{v}}.{letter}", S, v=VectorOf(size, S), tags="vector component", noun=letter)
        for letter, size in (("x", N), ("y", N), ("z", Size("N", (3, 4))), ("w", 4))
    ),
    row("component", "{v}[{k}]", S, v=V, k=Const(INT, (0, 1)), tags="vector component"),
    row(
        "element",
        "{m}[{r}, {c}]",
        F,
        m=M,
        r=Const(INT, (0, 1)),
        c=Const(INT, (0, 1)),
        tags="matrix component",
    ),
    row("row_of", "{m}[{r}]", VF, m=M, r=Const(INT, (0, 1)), tags="matrix component", noun="axis"),
    row("component_quat", "{q}[{k}]", F, q=Q, k=Const(INT, (3, 0, 1, 2)), tags="quaternion component"),
)

OPERATORS = (*ARITHMETIC, *BITS, *COMPARISONS, *LOGIC, *CONVERSIONS, *CHOICES, *COMPOUND, *COMPONENTS)
