"""Loops and branches in forms beyond the common: reversed, endless, bound to locals, left early, nested."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows
from grammar.production import Block, Bound, Const, Counter, Expr, Fresh, Input, Spelled, row, statement
from grammar.types import BOOL, DOUBLE, FLOAT, FLOATS, INT, Scalar, TypeVariable, VectorOf

F = TypeVariable("F", tuple(Scalar(name) for name in FLOATS))
R = TypeVariable("F", (FLOAT, DOUBLE))
I = TypeVariable("I", tuple(map(Scalar, ("int32", "uint32", "int64", "uint64"))))
TEST = Expr(BOOL)


# --- around statements ----------------------------------------------------------------------------------------------

AROUND: Rows = (
    *(
        statement(
            f"for_{name}{suffix}",
            template,
            n=Bound(bound),
            k=Counter("n"),
            body=Block(loop=True),
            tags="loop loop_form",
            needs="kernel" if bound == "extent" else "",
        )
        for suffix, bound in (("", "extent"), ("_fixed", "fixed"))
        for name, template in (
            ("backward", "for {k} in range({n} - 1, -1, -1):\n    {body}"),
            ("reversed", "for {k} in reversed(range({n})):\n    {body}"),
            ("reversed_steps", "for {k} in reversed(range(0, {n}, 2)):\n    {body}"),
        )
    ),
    statement(
        "for_range_local",
        "{r} = range({n})\nfor {k} in {r}:\n    {body}",
        n=Bound("extent"),
        k=Counter("n"),
        body=Block(loop=True),
        r=Fresh(HANDLE, "trips", inner=True),
        tags="loop loop_form",
        needs="kernel",
    ),
    statement(
        "while_true",
        "{k} = int(0)\nwhile True:\n    if {k} >= {n}:\n        break\n    {body}\n    {k} += 1",
        n=Bound("extent"),
        k=Counter("n"),
        body=Block(loop=True, advances=True),
        tags="loop while loop_form",
        needs="kernel",
    ),
    statement(
        "while_down",
        "{k} = {n} - 1\nwhile {k} >= 0:\n    {body}\n    {k} -= 1",
        n=Bound("extent"),
        k=Counter("n"),
        body=Block(loop=True, advances=True),
        tags="loop while loop_form",
        needs="kernel",
    ),
    statement(
        "if_pass",
        "if {test}:\n    pass\nelse:\n    {body}",
        test=TEST,
        body=Block(),
        tags="branch pass_form",
    ),
)

# --- idioms ---------------------------------------------------------------------------------------------------------

K, L = Fresh(INT, "k", inner=True), Fresh(INT, "l", inner=True)
IDIOMS: Rows = (
    statement(
        "newton_root",
        "{x} = {T}(1.0) + wp.abs({a})\nfor {k} in range({n}):\n    {next} = {T}(0.5) * ({x} + wp.abs({a}) / {x})\n    if wp.abs({next} - {x}) < {T}(0.001):\n        break\n    {x} = {next}",
        T=Spelled(R),
        a=Expr(R, varying=True),
        n=Const(INT, (8, 20, 40)),
        k=K,
        next=Fresh(HANDLE, "next", inner=True),
        x=Fresh(R, "root"),
        tags="loop branch idiom loop_form",
    ),
    statement(
        "skipped_trips",
        "{total} = {T}(0.0)\nfor {k} in range({n}):\n    if {k} % 2 == 1:\n        continue\n    {total} += {a} * {T}({k} + 1)",
        T=Spelled(F),
        a=Expr(F),
        n=Const(INT, (4, 6, 24)),
        k=K,
        total=Fresh(F, "total"),
        tags="loop branch idiom loop_form",
    ),
    statement(
        "skipped_paths",
        "{total} = {T}({a})\nfor {k} in range({n}):\n    if {total} > {b}:\n        continue\n    elif {total} > {c}:\n        {total} += {b}\n        if {k} > 1:\n            continue\n        {total} -= {c}\n    else:\n        {total} += {T}(1.0)\n    {total} *= {T}(0.5)",
        T=Spelled(F),
        a=Expr(F),
        b=Expr(F, varying=True),
        c=Expr(F),
        n=Const(INT, (3, 4)),
        k=K,
        total=Fresh(F, "level"),
        tags="loop branch multi idiom loop_form",
    ),
    statement(
        "nested_break",
        "{count} = int(0)\nfor {k} in range({n}):\n    for {l} in range({k} + 1):\n        if {v}[{k}] < {v}[{l}]:\n            break\n        {count} += 1",
        v=Expr(VectorOf(3, R), varying=True),
        n=Const(INT, (3,)),
        k=K,
        l=L,
        count=Fresh(INT, "ordered"),
        tags="loop branch idiom loop_form",
    ),
    statement(
        "nested_unrolled",
        "{total} = {T}(0.0)\nfor {k} in range(2):\n    for {l} in range({k}, 3):\n        {total} += {v}[{k}] * {v}[{l}]",
        T=Spelled(R),
        v=Expr(VectorOf(3, R), varying=True),
        k=K,
        l=L,
        total=Fresh(R, "form"),
        tags="loop idiom loop_form",
    ),
    statement(
        "range_steps",
        "{total} = {T}(0.0)\nfor {k} in range({start}, {stop}, {step}):\n    {total} += {a} / {T}({k} + 1)",
        T=Spelled(F),
        start=Const(INT, (12, 40)),
        stop=Const(INT, (1, 2)),
        step=Const(INT, (-2, -3, -1)),
        a=Expr(F),
        k=K,
        total=Fresh(F, "series"),
        tags="loop idiom loop_form",
    ),
    statement(
        "range_dynamic",
        "{total} = {T}(0.0)\nfor {k} in range({n} & 7, 0, -1):\n    {total} += {a} / {T}({k} + 1)\nfor {l} in range(-2, {n} & 3):\n    {total} -= {T}({l} + 1) * {b}",
        T=Spelled(F),
        n=Expr(INT, varying=True),
        a=Expr(F),
        b=Expr(F),
        k=K,
        l=L,
        total=Fresh(F, "series"),
        tags="loop idiom loop_form",
    ),
    statement(
        "range_local_fixed",
        "{r} = range({n})\n{total} = {T}(0.0)\nfor {k} in {r}:\n    {total} += {T}({k} + 1) * {a}\nfor {l} in {r}:\n    {total} -= {b}",
        T=Spelled(F),
        n=Const(INT, (3, 5)),
        a=Expr(F),
        b=Expr(F),
        r=Fresh(HANDLE, "trips", inner=True),
        k=K,
        l=L,
        total=Fresh(F, "total"),
        tags="loop idiom loop_form",
    ),
    statement(
        "reversed_fixed",
        "{value} = {T}(0.0)\nfor {k} in reversed(range({n})):\n    {value} = {value} * {a} + {T}({k} + 1)",
        T=Spelled(F),
        n=Const(INT, (3, 5, 20)),
        a=Expr(F),
        k=K,
        value=Fresh(F, "value"),
        tags="loop idiom loop_form",
    ),
    statement(
        "counter_kept",
        "{steps} = int(0)\nfor {k} in range(3):\n    {steps} += {k}\n{k} = int({a}) & 15\nwhile {k} > {steps}:\n    {k} -= 2",
        a=Expr(INT, varying=True),
        k=Fresh(INT, "k"),
        steps=Fresh(INT, "steps", inner=True),
        tags="loop while idiom loop_form",
    ),
    statement(
        "counter_left_over",
        "{total} = {T}(0.0)\nfor {k} in range(4):\n    {total} += {a}\nwhile {k} > 0:\n    {k} -= 1\n    {total} *= {b}",
        T=Spelled(F),
        a=Expr(F),
        b=Expr(F),
        k=K,
        total=Fresh(F, "total"),
        tags="loop while idiom loop_form",
    ),
    statement(
        "counter_used_again",
        "{total} = {T}(0.0)\nfor {k} in range(3):\n    {total} += {a}\nfor {l} in range({n} & 7):\n    for {k} in range(2):\n        {total} += {T}({k} + {l}) * {b}",
        T=Spelled(F),
        a=Expr(F),
        n=Expr(INT, varying=True),
        b=Expr(F),
        k=K,
        l=L,
        total=Fresh(F, "total"),
        tags="loop idiom loop_form",
    ),
    statement(
        "common_divisor",
        "{a} = {T}({x} & {T}(1023)) + {T}(1)\n{b} = {T}({y} & {T}(1023)) + {T}(1)\nwhile {b} != {T}(0):\n    {rest} = {a} % {b}\n    {a} = {b}\n    {b} = {rest}",
        T=Spelled(I),
        x=Expr(I, varying=True),
        y=Expr(I, varying=True),
        a=Fresh(I, "divisor"),
        b=Fresh(HANDLE, "rest", inner=True),
        rest=Fresh(HANDLE, "remainder", inner=True),
        tags="loop while idiom loop_form integer",
    ),
    statement(
        "collatz",
        "{n} = ({a} & 255) + 1\n{steps} = int(0)\nwhile {n} != 1 and {steps} < 64:\n    {steps} += 1\n    if {n} % 2 == 0:\n        {n} //= 2\n        continue\n    {n} = 3 * {n} + 1",
        a=Expr(INT, varying=True),
        n=Fresh(HANDLE, "n", inner=True),
        steps=Fresh(INT, "steps"),
        tags="loop while branch idiom loop_form integer",
    ),
    statement(
        "bisection",
        "{low} = int(0)\n{high} = {array}.shape[0]\nwhile {low} < {high}:\n    {middle} = ({low} + {high}) // 2\n    if {array}[{middle}] < {x}:\n        {low} = {middle} + 1\n    else:\n        {high} = {middle}",
        array=Input(R, 1),
        x=Expr(R, varying=True),
        low=Fresh(INT, "place"),
        high=Fresh(HANDLE, "high", inner=True),
        middle=Fresh(HANDLE, "middle", inner=True),
        tags="loop while branch idiom loop_form",
        needs="kernel",
    ),
    statement(
        "first_match",
        "{found} = int(-1)\nfor {k} in range({array}.shape[0]):\n    if {array}[{k}] > {x}:\n        {found} = {k}\n        break",
        array=Input(R, 1),
        x=Expr(R, varying=True),
        k=K,
        found=Fresh(INT, "found"),
        tags="loop branch idiom loop_form",
        needs="kernel",
    ),
    statement(
        "empty_arm",
        "{y} = {T}({a})\nif {test}:\n    pass\nelif {a} > {b}:\n    {y} = {b}",
        T=Spelled(F),
        a=Expr(F, varying=True),
        test=TEST,
        b=Expr(F, varying=True),
        y=Fresh(F, "y"),
        tags="branch idiom pass_form",
    ),
)

# --- conditions -----------------------------------------------------------------------------------------------------

CONDITIONS: Rows = (
    row(
        "ternary_nested",
        "{a} if {test} else ({b} if {second} else {c})",
        F,
        a=F,
        test=BOOL,
        b=F,
        second=BOOL,
        c=F,
        tags="choice branch condition_form",
        noun="chosen",
    ),
    row(
        "ternary_vector",
        "{a} if {test} else {b}",
        VectorOf(3, F),
        a=VectorOf(3, F),
        test=BOOL,
        b=VectorOf(3, F),
        tags="choice branch condition_form vector",
        noun="chosen",
    ),
    row(
        "chain_of_four",
        "{low} < {x} < {high} < {top}",
        BOOL,
        x=Expr(F, varying=True),
        low=Const(F, (-1.0, 0.0)),
        high=Const(F, (2.0, 4.0)),
        top=Const(F, (8.0, 10.0)),
        tags="condition condition_form",
        noun="inside",
    ),
    row(
        "mixed_logic",
        "{a} and not ({b} or {c})",
        BOOL,
        a=BOOL,
        b=BOOL,
        c=BOOL,
        tags="condition logic condition_form",
        noun="only",
    ),
    row(
        "three_alternatives",
        "{a} or {b} or {c}",
        BOOL,
        a=BOOL,
        b=BOOL,
        c=BOOL,
        tags="condition logic condition_form",
        noun="any_of",
    ),
    row("equal_truths", "{a} == {b}", BOOL, a=BOOL, b=BOOL, tags="condition condition_form", noun="same"),
)

LOOPS: Rows = (*AROUND, *IDIOMS, *CONDITIONS)
