"""What a kernel says: print, printf and assert."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows
from grammar.catalogue.variables import F, I
from grammar.holes import Expr, Index, Input, Thread
from grammar.production import Effect, statement
from grammar.types import BOOL, FLOAT, INT, MatrixOf, QuaternionOf, VectorOf

SAID = Effect.WRITES

PRINTS: Rows = (
    *(
        statement(f"print_{name}", "print({value})", value=Expr(of, varying=True), effect=SAID, tags="print")
        for name, of in (
            ("real", F),
            ("integer", I),
            ("truth", BOOL),
            ("vector", VectorOf(3, F)),
            ("matrix", MatrixOf(2, 2, F)),
            ("quaternion", QuaternionOf(F)),
        )
    ),
    statement(
        "print_text",
        'if {test}:\n    print("out of range")',
        test=Expr(BOOL),
        effect=SAID,
        tags="print branch",
    ),
    statement("printf_text", 'wp.printf("begin\\n")', effect=SAID, tags="print"),
    statement(
        "printf_values",
        'wp.printf("%d: %f, %f\\n", {i}, {a}, {b})',
        i=Thread(0),
        a=Expr(FLOAT, varying=True),
        b=Expr(FLOAT, varying=True),
        effect=SAID,
        tags="print",
        needs="kernel",
    ),
    statement(
        "printf_guarded",
        'if {test}:\n    wp.printf("bad value %f at %d\\n", {a}, {n})',
        test=Expr(BOOL),
        a=Expr(FLOAT, varying=True),
        n=Expr(INT, varying=True),
        effect=SAID,
        tags="print branch",
    ),
    # Refused by the native compiler: quotes in a text are not escaped (corpus: string_quotes).
    statement(
        "printf_quoted", 'wp.printf("value \\"%f\\"\\n", {a})', a=Expr(FLOAT, varying=True), effect=SAID, tags="print"
    ),
    statement(
        "assert_index",
        "assert {i} < {array}.shape[0]",
        array=Input(FLOAT, 1),
        i=Index("array", 0),
        effect=SAID,
        tags="assert",
        needs="kernel",
    ),
    statement(
        "assert_message",
        'assert {i} >= 0 and {i} < 2147483647, "a thread outside the launch"',
        i=Thread(0),
        effect=SAID,
        tags="assert",
        needs="kernel",
    ),
    # Refused, though documented (corpus: static_string).
    statement("print_static", 'print(wp.static("begin"))', effect=SAID, tags="print static"),
)
