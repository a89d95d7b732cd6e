"""Statements and the idioms made of several."""

from __future__ import annotations

from grammar.catalogue.variables import VALUES, VF, F, I, M, S, V
from grammar.holes import (
    Block,
    Bound,
    Const,
    Counter,
    Domain,
    Expr,
    Fresh,
    Index,
    Lookup,
    Pointer,
    Result,
    SizeOf,
    Target,
    Thread,
    Zero,
)
from grammar.production import Effect, Production, statement
from grammar.types import BOOL, FLOAT, INT, TypeVariable

T = TypeVariable("T", (*VALUES, BOOL))
# What accumulates: everything with addition.
A = TypeVariable("T", VALUES)
TEST = Expr(BOOL)

ASSIGN = statement(
    "assign",
    "{target} = {value}",
    target=Target(A),
    value=Expr(A),
    effect=Effect.ASSIGNS,
    tags="assign",
    needs="nested",
)
START = statement("start", "{name} = {zero}", name=Fresh(A, mutable=True), zero=Zero(A), tags="let mutable")
LOCALS: tuple[Production, ...] = (
    statement("let", "{name} = {value}", value=Expr(T), name=Fresh(T), tags="let"),
    statement(
        "gather",
        "{name} = {lookup}[{i}]",
        lookup=Lookup(),
        i=Index("lookup", 0),
        name=Pointer("lookup"),
        tags="let gather",
        needs="kernel",
    ),
    statement(
        "gather2",
        "{name} = {lookup}[{i}, {j}]",
        lookup=Lookup(2),
        i=Index("lookup", 0),
        j=Index("lookup", 1),
        name=Pointer("lookup"),
        tags="let gather",
        needs="kernel",
    ),
    ASSIGN,
    *(
        statement(
            f"aug_{name}",
            f"{{target}} {operator} {{value}}",
            target=Target(over),
            value=Expr(over),
            effect=Effect.ASSIGNS,
            tags="assign augmented",
        )
        for name, operator, over in (
            ("add", "+=", A),
            ("sub", "-=", A),
            ("mul", "*=", S),
            ("bit_or", "|=", I),
            ("bit_and", "&=", I),
            ("bit_xor", "^=", I),
        )
    ),
    statement(
        "aug_div",
        "{target} /= {value}",
        target=Target(F),
        value=Expr(F, Domain.NONZERO),
        effect=Effect.ASSIGNS,
        tags="assign augmented",
    ),
    statement(
        "component_assign",
        "{target}.x = {value}",
        target=Target(V),
        value=Expr(S),
        effect=Effect.ASSIGNS,
        tags="assign part vector",
    ),
    statement(
        "component_add",
        "{target}.y += {value}",
        target=Target(VF),
        value=Expr(F),
        effect=Effect.ASSIGNS,
        tags="assign part vector",
    ),
    statement(
        "element_assign",
        "{target}[{r}, {c}] = {value}",
        target=Target(M),
        r=Const(INT, (0, 1)),
        c=Const(INT, (0, 1)),
        value=Expr(F),
        effect=Effect.ASSIGNS,
        tags="assign part matrix",
    ),
    # A local that later statements change; its first value is written so that a dynamic loop may change it.
    START,
    statement("start_from", "{name} = {value}", value=Expr(A), name=Fresh(A, mutable=True), tags="let mutable"),
)

IF = statement("if", "if {test}:\n    {then}", test=TEST, then=Block(), tags="branch")
IF_ELSE = statement(
    "if_else", "if {test}:\n    {then}\nelse:\n    {other}", test=TEST, then=Block(), other=Block(), tags="branch"
)
IF_ELIF = statement(
    "if_elif",
    "if {test}:\n    {then}\nelif {second}:\n    {other}",
    test=TEST,
    then=Block(),
    second=TEST,
    other=Block(),
    tags="branch multi",
)
IF_ELIF_ELSE = statement(
    "if_elif_else",
    "if {test}:\n    {then}\nelif {second}:\n    {other}\nelse:\n    {rest}",
    test=TEST,
    then=Block(),
    second=TEST,
    other=Block(),
    rest=Block(),
    tags="branch multi",
)
BRANCHES: tuple[Production, ...] = (
    IF,
    IF_ELSE,
    IF_ELIF,
    IF_ELIF_ELSE,
    statement(
        "override",
        "{name} = {value}\nif {test}:\n    {name} = {other}",
        name=Fresh(A, mutable=True),
        value=Expr(A),
        test=TEST,
        other=Expr(A),
        tags="branch idiom",
    ),
    statement(
        "piecewise",
        "{name} = {zero}\nif {test}:\n    {name} = {value}\nelif {second}:\n    {name} = {other}\nelse:\n    {name} = {rest}",
        name=Fresh(A, mutable=True),
        zero=Zero(A),
        test=TEST,
        value=Expr(A),
        second=TEST,
        other=Expr(A),
        rest=Expr(A),
        tags="branch multi idiom",
    ),
)

CONTINUE = statement(
    "guard_continue",
    "if {test}:\n    continue",
    test=TEST,
    effect=Effect.JUMPS,
    tags="guard branch",
    needs="loop whole",
)
JUMPS: tuple[Production, ...] = (
    statement(
        "guard_return", "if {test}:\n    return", test=TEST, effect=Effect.JUMPS, tags="guard branch", needs="kernel"
    ),
    statement(
        "guard_result",
        "if {test}:\n    return {value}",
        test=TEST,
        value=Result(),
        effect=Effect.JUMPS,
        tags="guard branch",
        needs="function",
    ),
    CONTINUE,
    statement(
        "guard_break", "if {test}:\n    break", test=TEST, effect=Effect.JUMPS, tags="guard branch", needs="loop"
    ),
)

# The guard against surplus threads, and the guards that keep a stencil off the borders: only as a kernel's first statement.
BORDERS: tuple[Production, ...] = (
    statement(
        "bounds1",
        "if {i} >= {n}:\n    return",
        i=Thread(0),
        n=SizeOf("i"),
        effect=Effect.JUMPS,
        tags="guard first",
        needs="kernel rank1",
    ),
    statement(
        "bounds2",
        "if {i} >= {n} or {j} >= {m}:\n    return",
        i=Thread(0),
        n=SizeOf("i"),
        j=Thread(1),
        m=SizeOf("j"),
        effect=Effect.JUMPS,
        tags="guard first logic",
        needs="kernel rank2",
    ),
    statement(
        "border1",
        "if {i} < 1 or {i} >= {n} - 1:\n    return",
        i=Thread(0),
        n=SizeOf("i"),
        effect=Effect.JUMPS,
        tags="guard first border logic",
        needs="kernel rank1",
    ),
    statement(
        "border2",
        "if {i} < 1 or {i} >= {n} - 1 or {j} < 1 or {j} >= {m} - 1:\n    return",
        i=Thread(0),
        n=SizeOf("i"),
        j=Thread(1),
        m=SizeOf("j"),
        effect=Effect.JUMPS,
        tags="guard first border logic",
        needs="kernel rank2",
    ),
    statement(
        "border3",
        "if {i} == 0 or {j} == 0 or {k} == 0:\n    return\nif {i} == {n} - 1 or {j} == {m} - 1 or {k} == {l} - 1:\n    return",
        i=Thread(0),
        n=SizeOf("i"),
        j=Thread(1),
        m=SizeOf("j"),
        k=Thread(2),
        l=SizeOf("k"),
        effect=Effect.JUMPS,
        tags="guard first border logic",
        needs="kernel rank3",
    ),
)

FOR = statement(
    "for",
    "for {k} in range({n}):\n    {body}",
    n=Bound("extent"),
    k=Counter("n"),
    body=Block(loop=True),
    tags="loop",
    needs="kernel",
)
FOR_OFFSETS = statement(
    "for_offsets",
    "for {k} in range({offsets}[{i}], {offsets}[{i} + 1]):\n    {body}",
    offsets=Bound("offsets"),
    i=Index("offsets", 0, own=True),
    k=Counter("offsets"),
    body=Block(loop=True),
    tags="loop gather",
    needs="kernel",
)
LOOPS: tuple[Production, ...] = (
    FOR,
    statement(
        "for_fixed",
        "for {k} in range({n}):\n    {body}",
        n=Bound("fixed"),
        k=Counter("n"),
        body=Block(loop=True),
        tags="loop",
    ),
    FOR_OFFSETS,
    statement(
        "for_strided",
        "for {k} in range({start}, {n}, {step}):\n    {body}",
        n=Bound("extent"),
        start=Const(INT, (0, 1)),
        step=Const(INT, (2, 3, 4)),
        k=Counter("n"),
        body=Block(loop=True),
        tags="loop",
        needs="kernel",
    ),
    statement(
        "for_from",
        "for {k} in range(1, {n}):\n    {body}",
        n=Bound("extent"),
        k=Counter("n"),
        body=Block(loop=True),
        tags="loop",
        needs="kernel",
    ),
    statement(
        "while",
        "{k} = int(0)\nwhile {k} < {n}:\n    {body}\n    {k} += 1",
        n=Bound("extent"),
        k=Counter("n"),
        body=Block(loop=True, advances=True),
        tags="loop while",
        needs="kernel",
    ),
    statement(
        "accumulate",
        "{total} = {zero}\nfor {k} in range({n}):\n    {body}\n    {total} += {value}",
        total=Fresh(A, "total", mutable=True),
        zero=Zero(A),
        n=Bound("extent"),
        k=Counter("n"),
        body=Block(loop=True, shares=True),
        value=Expr(A),
        tags="loop idiom reduction",
        needs="kernel",
    ),
    statement(
        "accumulate_fixed",
        "{total} = {zero}\nfor {k} in range({n}):\n    {total} += {value}",
        total=Fresh(A, "total", mutable=True),
        zero=Zero(A),
        n=Bound("fixed"),
        k=Counter("n"),
        value=Expr(A),
        tags="loop idiom reduction",
    ),
    statement(
        "accumulate_offsets",
        "{total} = {zero}\nfor {k} in range({offsets}[{i}], {offsets}[{i} + 1]):\n    {body}\n    {total} += {value}",
        total=Fresh(A, "total", mutable=True),
        zero=Zero(A),
        offsets=Bound("offsets"),
        i=Index("offsets", 0, own=True),
        k=Counter("offsets"),
        body=Block(loop=True, shares=True),
        value=Expr(A),
        tags="loop idiom reduction gather",
        needs="kernel",
    ),
    statement(
        "largest",
        "{best} = {value}\nfor {k} in range({n}):\n    {best} = wp.max({best}, {other})",
        best=Fresh(S, "best", mutable=True),
        value=Expr(S),
        n=Bound("extent"),
        k=Counter("n"),
        other=Expr(S),
        tags="loop idiom reduction",
        needs="kernel",
    ),
    statement(
        "smallest",
        "{best} = {value}\nfor {k} in range({n}):\n    {best} = wp.min({best}, {other})",
        best=Fresh(S, "best", mutable=True),
        value=Expr(S),
        n=Bound("extent"),
        k=Counter("n"),
        other=Expr(S),
        tags="loop idiom reduction",
        needs="kernel",
    ),
    statement(
        "count",
        "{count} = int(0)\nfor {k} in range({n}):\n    if {test}:\n        {count} += 1",
        count=Fresh(INT, "count", mutable=True),
        n=Bound("extent"),
        k=Counter("n"),
        test=TEST,
        tags="loop idiom reduction branch",
        needs="kernel",
    ),
    statement(
        "nearest",
        "{best} = {far}\n{found} = int(-1)\nfor {k} in range({n}):\n    {d} = {value}\n    if {d} < {best}:\n        {best} = {d}\n        {found} = {k}",
        far=Expr(FLOAT),
        best=Fresh(FLOAT, "best", inner=True),
        found=Fresh(INT, "nearest", mutable=True),
        n=Bound("extent"),
        k=Counter("n"),
        value=Expr(FLOAT),
        d=Fresh(FLOAT, "d", inner=True),
        tags="loop idiom reduction branch",
        needs="kernel",
    ),
    statement(
        "decay",
        "{x} = {start}\n{steps} = int(0)\nwhile {x} > {limit} and {steps} < {most}:\n    {x} *= {rate}\n    {steps} += 1",
        x=Fresh(F, "residual", mutable=True),
        start=Expr(F),
        steps=Fresh(INT, "steps", mutable=True),
        limit=Const(F, (0.5, 0.125, 1.0)),
        most=Const(INT, (8, 10, 16, 20)),
        rate=Const(F, (0.5, 0.75, 0.25)),
        tags="loop while idiom",
    ),
    statement(
        "recurrence",
        "{x} = {start}\nfor {k} in range({n}):\n    {x} = {x} * {factor} + {shift}",
        x=Fresh(F, "state", mutable=True),
        start=Expr(F),
        n=Bound("fixed"),
        k=Counter("n"),
        factor=Expr(F),
        shift=Expr(F),
        tags="loop idiom",
    ),
)

STATEMENTS = (*LOCALS, *BRANCHES, *JUMPS, *BORDERS, *LOOPS)
