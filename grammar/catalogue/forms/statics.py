"""Static expressions: what Python computes while the kernel is made, and what may be captured from around it."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, NARROW, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh, Index, Input, SizeOf, Spelled
from grammar.production import row, statement
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
    "SETTINGS TABLE_OF_GAINS",
    options={"values": ('{"gain": 2.0, "bias": 0.5}', "dict(gain=0.5, bias=4.0)")},
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
class {name}:
    GAIN = {gain}
    STEPS = {steps}
    AXIS = wp.vec3({axis})
""",
    "Config Tuning Presets",
    options={"gain": ("2.0", "0.5"), "steps": ("3", "4"), "axis": ("0.0, 1.0, 0.0", "1.0, 0.0, 0.0")},
)


def _values(real: TypeVariable, suffix: str) -> Rows:
    """Numbers, vectors and matrices; a bare Python number is a float32."""

    def static(text: str) -> str:
        return f"wp.static({text})" if real is NARROW else f"wp.static({{T}}({text}))"

    typed = {} if real is NARROW else {"T": Spelled(real)}
    vec3, mat2 = VectorOf(3, real), MatrixOf(2, 2, real)
    return (
        *(
            row(f"static_{name}{suffix}", template, real, x=Expr(real), more=typed, tags="static", noun=noun)
            for name, template, noun in (
                ("math", f"{{x}} * {static('2.0 * math.pi')}", "angle"),
                ("root", f"{{x}} + {static('math.sqrt(2.0) / 4.0')}", "shifted"),
                ("lines", "{x} * wp.static(\n    " + (static("1.0 / 3.0")[10:-1]) + "\n)", "third"),
            )
        ),
        *(
            row(f"static_{name}{suffix}", template, real, d=hole, x=Expr(real), more=typed, tags="static", noun=noun)
            for name, template, hole, noun in (
                ("table", f"{{x}} * {static(_item('gain'))} + {static(_item('bias'))}", TABLE, "scaled"),
                ("call", f"{{x}} * {static('{d}(4)')}", PYTHON, "weighted"),
                ("attribute", f"{{x}} / {static('{d}.GAIN')}", CLASS, "scaled"),
                ("number", f"{{x}} + {static('0.5 * {d} + 1.0')}", ORDER, "shifted"),
                ("list_sum", f"{{x}} * {static('abs(math.fsum({d})) + max({d})')}", LIST, "weighted"),
            )
        ),
        row(
            f"class_attribute{suffix}",
            "{x} * {d}.GAIN" if real is NARROW else "{x} * {T}({d}.GAIN)",
            real,
            d=CLASS,
            x=Expr(real),
            more=typed,
            tags="constant_value",
            noun="scaled",
        ),
        row(
            f"static_vector{suffix}",
            "{v} + wp.static({V}({a}, {b}, {c}))",
            vec3,
            v=Expr(vec3),
            V=Spelled(vec3),
            a=Const(FLOAT, (0.0, 1.0, 0.5)),
            b=Const(FLOAT, (1.0, 2.0, -9.81)),
            c=Const(FLOAT, (0.0, 0.25)),
            tags="static vector",
            noun="moved",
        ),
        row(
            f"static_matrix{suffix}",
            "wp.static({M}({a}, {b}, -{b}, {a})) * {m}",
            mat2,
            m=Expr(mat2),
            M=Spelled(mat2),
            a=Const(FLOAT, (0.8, 0.5)),
            b=Const(FLOAT, (0.6, 0.25)),
            tags="static matrix",
            noun="turned",
        ),
        row(
            f"static_choice{suffix}",
            "{a} if wp.static({flag}) else {b}",
            real,
            flag=FLAG,
            a=Expr(real),
            b=Expr(real),
            tags="static",
            noun="chosen",
        ),
    )


def _item(key: str) -> str:
    """The item of a table above the kernel."""
    return '{d}["' + key + '"]'


def _loops(real: TypeVariable, suffix: str) -> Rows:
    """Loops over what is known while the kernel is made, each trip with its own constants."""
    start = "{total} = {T}(0.0)\n"
    weight = "wp.static({list}[{k}])" if real is NARROW else "wp.static({T}({list}[{k}]))"
    power = "wp.static(0.5 ** {k})" if real is NARROW else "wp.static({T}(0.5 ** {k}))"
    total, counter = Fresh(real, "total"), Fresh(INT, "k", inner=True)
    return (
        statement(
            f"static_list{suffix}",
            start + "for {k} in range(wp.static(len({list}))):\n    {total} += " + weight + " * {a}",
            T=Spelled(real),
            list=LIST,
            a=Expr(real),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_list_empty{suffix}",
            "{total} = {T}({a})\nfor {k} in range(wp.static(len({list}))):\n    {total} += " + weight,
            T=Spelled(real),
            list=define("{name} = {made}", "EXTRA_TERMS CORRECTIONS", options={"made": ("[]", "()", "[0.5]")}),
            a=Expr(real),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_horner{suffix}",
            start + "for {k} in range(wp.static(len({list}) - 1), -1, -1):\n    {total} = {total} * {a} + " + weight,
            T=Spelled(real),
            list=LIST,
            a=Expr(real),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_powers{suffix}",
            start + "for {k} in range({n}):\n    {total} += " + power + " * {a}",
            T=Spelled(real),
            n=Const(INT, (3, 4, 20)),
            a=Expr(real),
            total=total,
            k=counter,
            tags="static loop idiom",
        ),
        statement(
            f"static_stencil{suffix}",
            start
            + "for {k} in range(wp.static(len({offsets}))):\n    {total} += {array}[wp.clamp({i} + wp.static({offsets}[{k}]), 0, {n} - 1)]",
            T=Spelled(real),
            offsets=OFFSETS,
            array=Input(real, 1),
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
            T=Spelled(real),
            n=Const(INT, (2, 3)),
            v=Expr(VectorOf(3, real), varying=True),
            total=total,
            k=counter,
            l=Fresh(INT, "l", inner=True),
            tags="static loop idiom vector",
        ),
        *(
            statement(
                f"static_length{suffix}_{length}",
                "{u} = {v}\n"
                + start
                + "for {k} in range(wp.static(len({u}))):\n    {total} += {u}[{k}] * wp.static({T}({k} + len({u})))",
                v=Expr(VectorOf(length, real)),
                T=Spelled(real),
                u=Fresh(HANDLE, "values", inner=True),
                total=total,
                k=counter,
                tags="static loop idiom vector",
            )
            for length in (2, 3, 4)
        ),
    )


def _conditions(real: TypeVariable, suffix: str) -> Rows:
    """Branches that are decided while the kernel is made."""
    y = Fresh(real, "value", mutable=True)
    return (
        statement(
            f"static_if{suffix}",
            "{y} = {T}({a})\nif wp.static({flag}):\n    {y} = wp.min({y}, {b})",
            T=Spelled(real),
            flag=FLAG,
            a=Expr(real),
            b=Expr(real),
            y=y,
            tags="static idiom",
        ),
        statement(
            f"static_if_else{suffix}",
            "{y} = {T}({a})\nif wp.static({flag}):\n    {y} += {b}\nelse:\n    {y} *= {b}",
            T=Spelled(real),
            flag=FLAG,
            a=Expr(real),
            b=Expr(real),
            y=y,
            tags="static idiom",
        ),
        statement(
            f"static_elif{suffix}",
            "{y} = {T}({a})\nif wp.static({order} == 2):\n    {y} -= {b}\nelif wp.static({order} > 3):\n    {y} += {b}\nelse:\n    {y} *= {b}",
            T=Spelled(real),
            order=ORDER,
            a=Expr(real),
            b=Expr(real),
            y=y,
            tags="static idiom",
        ),
        statement(
            f"static_and{suffix}",
            "{y} = {T}({a})\nif wp.static({flag}) and {test}:\n    {y} = {b}",
            T=Spelled(real),
            flag=FLAG,
            a=Expr(real),
            test=Expr(BOOL),
            b=Expr(real),
            y=y,
            tags="static branch idiom",
        ),
        # A constant above the kernel needs no static: the branch is decided all the same.
        statement(
            f"constant_if{suffix}",
            "{y} = {T}({a})\nif {flag}:\n    {y} += {b}\nelse:\n    {y} -= {b}",
            T=Spelled(real),
            flag=FLAG,
            a=Expr(real),
            b=Expr(real),
            y=y,
            tags="static constant_branch",
        ),
    )


def _functions(real: TypeVariable, suffix: str) -> Rows:
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
        real,
        options={
            "smooth": ("x * x", "wp.tanh(x)", "wp.sin(x)"),
            "sharp": ("wp.abs(x)", "wp.max(x, 0.0)", "wp.sign(x)"),
            "container": ("[{name}_smooth, {name}_sharp]", "({name}_sharp, {name}_smooth)"),
        },
    )
    return (
        row(
            f"static_function{suffix}",
            "wp.static({f}[0])({x})",
            real,
            f=pair,
            x=Expr(real),
            tags="static function_value",
        ),
        row(
            f"static_function_choice{suffix}",
            "wp.static({f}[1] if {flag} else {f}[0])({x})",
            real,
            f=pair,
            flag=FLAG,
            x=Expr(real),
            tags="static function_value",
            noun="response",
        ),
        statement(
            f"static_function_local{suffix}",
            "{g} = wp.static({f}[1])\n{y} = {g}({a}) - {g}({b})",
            f=pair,
            a=Expr(real),
            b=Expr(real),
            g=Fresh(HANDLE, "shape", inner=True),
            y=Fresh(real, "change"),
            tags="static function_value idiom",
        ),
        statement(
            f"static_function_loop{suffix}",
            "{y} = {T}({a})\nfor {k} in range(wp.static(len({f}))):\n    {y} += wp.static({f}[{k}])({b})",
            f=pair,
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            k=Fresh(INT, "k", inner=True),
            y=Fresh(real, "value"),
            tags="static function_value loop idiom",
        ),
    )


# Refused, though there is code for it (corpus: static_keyword).
REFUSED: Rows = (
    row(
        "static_keyword",
        "{a} * wp.static(expr={c})",
        FLOAT,
        a=FLOAT,
        c=Const(FLOAT, (2.0, 0.5)),
        tags="static",
        noun="scaled",
    ),
)

STATICS: Rows = (*REFUSED, *at_widths(_values), *at_widths(_loops), *at_widths(_conditions), *at_widths(_functions))
