"""Pruning: what reaches no output goes, and with it the names that only it read."""

from __future__ import annotations

from hand_made import AXES, CATALOGUE, THREADS, Bench, applied, row_at

from grammar.pruning import prune
from grammar.term import Apply, Body, Literal, Name, Symbol
from grammar.types import BOOL, FLOAT, INT


def store(bench: Bench, tag: str) -> Apply:
    array = bench.array(FLOAT, 1, "write", tag)
    return applied(row_at("store1", FLOAT), array=array, i=Name(THREADS[0]), value=bench.element(FLOAT, tag))


def let(bench: Bench, name: str) -> tuple[Symbol, Apply]:
    symbol = Symbol(name, FLOAT, "local")
    return symbol, applied(row_at("let", FLOAT), name=symbol, value=bench.element(FLOAT, f"_{name}"))


def test_an_unread_local_goes() -> None:
    bench = Bench("pruned")
    kept, live = prune(Body((let(bench, "unread")[1], store(bench, "_out"))), frozenset())
    assert [statement.row for statement in kept.statements] == ["store1"]
    assert live == {"i", "read_float_1_out", "write_float_1_out"}


def test_a_dropped_branch_takes_its_test_along() -> None:
    bench = Bench("pruned")
    branch = applied(
        CATALOGUE.by_name["if_elif"].at({}),
        test=bench.element(BOOL, "_first"),
        then=Body((store(bench, "_out"),)),
        second=bench.element(BOOL, "_second"),
        other=Body((let(bench, "unread")[1],)),
    )
    kept, live = prune(Body((branch,)), frozenset())
    assert [statement.row for statement in kept.statements] == ["if"]
    assert "read_bool_1_second" not in live


def test_an_unread_total_takes_its_loop_along() -> None:
    bench = Bench("pruned")
    value, made = let(bench, "value")
    loop = applied(
        row_at("accumulate", FLOAT),
        total=Symbol("total", FLOAT, "local"),
        zero=Literal(0, FLOAT, start=True),
        n=bench.size(AXES[0]),
        k=Symbol("k", INT, "counter", index_of=AXES[0]),
        body=Body((made,)),
        value=Name(value),
    )
    kept, live = prune(Body((loop,)), frozenset())
    assert kept.statements == ()
    assert live == frozenset()
    kept, live = prune(Body((loop,)), frozenset({"total"}))
    assert kept.statements == (loop,)
    assert "read_float_1_value" in live


def test_an_overwritten_value_goes() -> None:
    bench = Bench("pruned")
    target = Symbol("target", FLOAT, "local")
    start = applied(row_at("start", FLOAT), name=target, zero=Literal(0, FLOAT, start=True))
    first, last = (
        applied(row_at("assign", FLOAT), target=target, value=bench.element(FLOAT, tag)) for tag in ("_1", "_2")
    )
    kept, live = prune(Body((start, first, last)), frozenset({"target"}))
    assert first not in kept.statements
    assert last in kept.statements
    assert "read_float_1_1" not in live
