"""Python that nobody meant for Warp: whatever its code generation does with it, the compiler gives a value."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import hypothesmith
import libcst
import pytest
from hypothesis import HealthCheck, given, settings

from ir.compiler import Compiler, Generated
from ir.records import Refused, Target, Unit

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "import warp as wp\n\n\n@wp.kernel\ndef k(a: wp.array(dtype=float), b: wp.vec3):\n    i = wp.tid()\n"


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    scratch: Path = tmp_path_factory.mktemp("scratch")
    return Compiler(Target("cpu"), scratch)


@settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(statement=hypothesmith.from_node(libcst.SimpleStatementLine))
def test_refusal_is_a_value(compiler: Compiler, statement: str) -> None:
    source = HEAD + textwrap.indent(statement.rstrip("\n"), "    ") + "\n    a[i] = b[0]\n"
    try:
        compile(source, "drawn", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return  # Python itself refuses it: `return` of a starred name, a null byte
    outcome = compiler.generate(Unit("k", source))
    match outcome:
        case Refused(stage, message):
            assert stage in {"import", "codegen"}
            assert message
        case Generated():
            assert outcome.built.listing.forward
