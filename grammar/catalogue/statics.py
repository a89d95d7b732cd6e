"""Static expressions: what Python computes while the kernel is made, and what may be captured from around it."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, NARROW, Rows, at_widths, define
from grammar.production import Const, Expr, Fresh, Index, Input, SizeOf, Spelled, row, statement
from grammar.types import BOOL, FLOAT, INT, MatrixOf, TypeVariable, VectorOf

FLAG = define("{name} = {value}", "USE_LIMIT CLAMPED TWO_SIDED PERIODIC", options={"value": ("True", "False")})
ORDER = define("{name} = {value}", "ORDER LEVELS_USED DEGREE STAGES", options={"value": ("2", "3", "4", "5")})
LIST = define(
    "{name} = {values}",
    "COEFFICIENTS STENCIL_WEIGHTS TAPS NODES",
    options={"values": ("[0.25, 0.5, 0.25]", "(0.5, -1.0, 0.5)", "[1.0, 0.5, 0.25, 0.125]", "[-1.0, 2.0]")},
)
OFFSETS = define(
    "{name} = {values}",
    "OFFSETS STEPS SHIFTS",
    options={"values": ("(-1, 0, 1)", "[-2, -1, 1, 2]", "[(-1), 1]")},
)
TABLE = define(
    "{name} = {values}",
    "SETTINGS PRESETS",
    options={"values": ('{"gain": 2.0, "bias": 0.5}', 'dict(gain=0.5, bias=4.0)')},
)
PYTHON = define(
    """
def {name}(n):
    product = 1.0
    for k in range(2, n + 1):
        product *= {factor}
    return product
""",
    "table_value factor_of",
    options={"factor": ("k", "0.5 * k", "1.0 / k")},
)
CLASS = define(
    """
class {Name}:
    GAIN = {gain}
    STEPS = {steps}
    AXIS = wp.vec3({axis})


{name} = {Name}
""",
    "limits_of settings_of",
    options={"gain": ("2.0", "0.5"), "steps": ("3", "4"), "axis": ("0.0, 1.0, 0.0", "1.0, 0.0, 0.0")},
)


def _values(F: TypeVariable, suffix: str) -> Rows:
    """Numbers, vectors and matrices; a bare Python number is a float32."""

    def static(text: str) -> str:
        return f"wp.static({text})" if F is NARROW else f"wp.static({{T}}({text}))"

    typed = {} if F is NARROW else {"T": Spelled(F)}
    V3, M2 = VectorOf(3, F), MatrixOf(2, 2, F)
    return (
        *(
            row(f"static_{name}{suffix}", template, F, x=Expr(F), more=typed, tags="static", noun=noun)
            for name, template, noun in (
                ("math", f"{{x}} * {static('2.0 * math.pi')}", "angle"),
                ("root", f"{{x}} + {static('math.sqrt(2.0) / 4.0')}", "shifted"),
                ("lines", "{x} * wp.static(\n    " + (static("1.0 / 3.0")[10:-1]) + "\n)", "third"),
            )
        ),
        *(
            row(f"static_{name}{suffix}", template, F, d=hole, x=Expr(F), more=typed, tags="static", noun=noun)
            for name, template, hole, noun in (
                ("table", f"{{x}} * {static(_item('gain'))} + {static(_item('bias'))}", TABLE, "scaled"),
                ("call", f"{{x}} * {static('{d}(4)')}", PYTHON, "weighted"),
                ("attribute", f"{{x}} / {static('{d}.GAIN')}", CLASS, "scaled"),
                ("number", f"{{x}} + {static('0.5 * {d} + 1.0')}", ORDER, "shifted"),
                ("list_sum", f"{{x}} * {static('abs(sum({d})) + max({d})')}", LIST, "weighted"),
            )
        ),
        row(
            f"static_vector{suffix}",
            "{v} + wp.static({V}({a}, {b}, {c}))",
            V3,
            v=Expr(V3),
            V=Spelled(V3),
            a=Const(FLOAT, (0.0, 1.0, 0.5)),
            b=Const(FLOAT, (1.0, 2.0, -9.81)),
            c=Const(FLOAT, (0.0, 0.25)),
            tags="static vector",
            noun="moved",
        ),
        row(
            f"static_matrix{suffix}",
            "wp.static({M}({a}, {b}, -{b}, {a})) * {m}",
            M2,
            m=Expr(M2),
            M=Spelled(M2),
            a=Const(FLOAT, (0.8, 0.5)),
            b=Const(FLOAT, (0.6, 0.25)),
            tags="static matrix",
            noun="turned",
        ),
        row(
            f"static_choice{suffix}",
            "{a} if wp.static({flag}) else {b}",
            F,
            flag=FLAG,
            a=Expr(F),
            b=Expr(F),
            tags="static",
            noun="chosen",
        ),
    )


def _item(key: str) -> str:
    """The item of a table above the kernel."""
    return '{d}["' + key + '"]'


def _loops(F: TypeVariable, suffix: str) -> Rows:
    """Loops over what is known while the kernel is made, each trip with its own constants."""
    start = "{total} = {T}(0.0)\n"
    weight = "wp.static({list}[{k}])" if F is NARROW else "wp.static({T}({list}[{k}]))"
    power = "wp.static(0.5 ** {k})" if F is NARROW else "wp.static({T}(0.5 ** {k}))"
    total, counter = Fresh(F, "total"), Fresh(INT, "k", inner=True)
    return (
        statement(
            f"static_list{suffix}",
            start + "for {k} in range(wp.static(len({list}))):\n    {total} += " + weight + " * {a}",
            T=Spelled(F),
            list=LIST,
            a=Expr(F),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_list_empty{suffix}",
            "{total} = {T}({a})\nfor {k} in range(wp.static(len({list}))):\n    {total} += " + weight,
            T=Spelled(F),
            list=define("{name} = {made}", "EXTRA_TERMS CORRECTIONS", options={"made": ("[]", "()", "[0.5]")}),
            a=Expr(F),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_horner{suffix}",
            start + "for {k} in range(wp.static(len({list}) - 1), -1, -1):\n    {total} = {total} * {a} + " + weight,
            T=Spelled(F),
            list=LIST,
            a=Expr(F),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_powers{suffix}",
            start + "for {k} in range({n}):\n    {total} += " + power + " * {a}",
            T=Spelled(F),
            n=Const(INT, (3, 4, 20)),
            a=Expr(F),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_stencil{suffix}",
            start
            + "for {k} in range(wp.static(len({offsets}))):\n    {total} += {array}[wp.clamp({i} + wp.static({offsets}[{k}]), 0, {n} - 1)]",
            T=Spelled(F),
            offsets=OFFSETS,
            array=Input(F, 1),
            i=Index("array", 0),
            n=SizeOf("i"),
            total=total,
            k=counter,
            tags="static loop stencil idiom",
            needs="kernel",
        ),
        statement(
            f"static_nested_loops{suffix}",
            start
            + "for {k} in range(2):\n    for {l} in range({n}):\n        if wp.static({k} != {l}):\n            {total} += {v}[{k}] * {v}[{l}]",
            T=Spelled(F),
            n=Const(INT, (2, 3)),
            v=Expr(VectorOf(3, F), varying=True),
            total=total,
            k=counter,
            l=Fresh(INT, "l", inner=True),
            tags="static loop idiom vector",
        ),
        *(
            statement(
                f"static_length{suffix}_{length}",
                "{u} = {v}\n" + start + "for {k} in range(wp.static(len({u}))):\n    {total} += {u}[{k}] * wp.static({T}({k} + len({u})))",
                v=Expr(VectorOf(length, F)),
                T=Spelled(F),
                u=Fresh(HANDLE, "values", inner=True),
                total=total,
                k=counter,
                tags="static loop idiom vector",
            )
            for length in (2, 3, 4)
        ),
    )


def _conditions(F: TypeVariable, suffix: str) -> Rows:
    """Branches that are decided while the kernel is made."""
    y = Fresh(F, "value", mutable=True)
    return (
        statement(
            f"static_if{suffix}",
            "{y} = {T}({a})\nif wp.static({flag}):\n    {y} = wp.min({y}, {b})",
            T=Spelled(F),
            flag=FLAG,
            a=Expr(F),
            b=Expr(F),
            y=y,
            tags="static idiom",
        ),
        statement(
            f"static_if_else{suffix}",
            "{y} = {T}({a})\nif wp.static({flag}):\n    {y} += {b}\nelse:\n    {y} *= {b}",
            T=Spelled(F),
            flag=FLAG,
            a=Expr(F),
            b=Expr(F),
            y=y,
            tags="static idiom",
        ),
        statement(
            f"static_elif{suffix}",
            "{y} = {T}({a})\nif wp.static({order} == 2):\n    {y} -= {b}\nelif wp.static({order} > 3):\n    {y} += {b}\nelse:\n    {y} *= {b}",
            T=Spelled(F),
            order=ORDER,
            a=Expr(F),
            b=Expr(F),
            y=y,
            tags="static idiom",
        ),
        statement(
            f"static_and{suffix}",
            "{y} = {T}({a})\nif wp.static({flag}) and {test}:\n    {y} = {b}",
            T=Spelled(F),
            flag=FLAG,
            a=Expr(F),
            test=Expr(BOOL),
            b=Expr(F),
            y=y,
            tags="static branch idiom",
        ),
        # A constant above the kernel needs no static: the branch is decided all the same.
        statement(
            f"constant_if{suffix}",
            "{y} = {T}({a})\nif {flag}:\n    {y} += {b}\nelse:\n    {y} -= {b}",
            T=Spelled(F),
            flag=FLAG,
            a=Expr(F),
            b=Expr(F),
            y=y,
            tags="static constant_branch",
        ),
    )


def _functions(F: TypeVariable, suffix: str) -> Rows:
    """Functions that are chosen while the kernel is made."""
    pair = define(
        """
@wp.func
def {name}_smooth(x: {T}):
    return {smooth}


@wp.func
def {name}_sharp(x: {T}):
    return {sharp}


{name} = {container}
""",
        "kernels_of profiles_of shapes_of",
        F,
        options={
            "smooth": ("x * x", "wp.tanh(x)", "wp.sin(x)"),
            "sharp": ("wp.abs(x)", "wp.max(x, 0.0)", "wp.sign(x)"),
            "container": ("[{name}_smooth, {name}_sharp]", "({name}_sharp, {name}_smooth)"),
        },
    )
    return (
        row(f"static_function{suffix}", "wp.static({f}[0])({x})", F, f=pair, x=Expr(F), tags="static function_value"),
        row(
            f"static_function_choice{suffix}",
            "wp.static({f}[1] if {flag} else {f}[0])({x})",
            F,
            f=pair,
            flag=FLAG,
            x=Expr(F),
            tags="static function_value",
            noun="response",
        ),
        statement(
            f"static_function_local{suffix}",
            "{g} = wp.static({f}[1])\n{y} = {g}({a}) - {g}({b})",
            f=pair,
            a=Expr(F),
            b=Expr(F),
            g=Fresh(HANDLE, "shape", inner=True),
            y=Fresh(F, "change"),
            tags="static function_value idiom",
        ),
        statement(
            f"static_function_loop{suffix}",
            "{y} = {T}({a})\nfor {k} in range(wp.static(len({f}))):\n    {y} += wp.static({f}[{k}])({b})",
            f=pair,
            T=Spelled(F),
            a=Expr(F),
            b=Expr(F),
            k=Fresh(INT, "k", inner=True),
            y=Fresh(F, "value"),
            tags="static function_value loop idiom",
        ),
    )


# Refused, though there is code for it (corpus: static_keyword).
REFUSED: Rows = (
    row("static_keyword", "{a} * wp.static(expr={c})", FLOAT, a=FLOAT, c=Const(FLOAT, (2.0, 0.5)), tags="static", noun="scaled"),
)
STATICS: Rows = (*REFUSED, *at_widths(_values), *at_widths(_loops), *at_widths(_conditions), *at_widths(_functions))
