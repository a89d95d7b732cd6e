"""Who may import whom, as a literal table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("grammar", "ir", "synth")
FORBIDDEN = {
    "grammar": {"ir", "synth", "warp"},
    "ir": {"grammar", "synth"},
    "synth": {"warp", "libcst"},
}
# What is imported in one place only.
ONLY_IN = {
    "warp": {"ir/warp_api.py"},
    "hypothesis": {"grammar/strategies.py"},
    "pyarrow": {"synth/store/columns.py", "synth/store/parquet.py"},
    "ray": {"synth/scale/cluster.py"},
    "zstandard": {"synth/store/zst.py"},
    "libcst": {"grammar/templates.py", "grammar/folding.py", "grammar/strategies.py"},  # the last for Hypothesmith
}
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The packages that a module imports, wherever in it and however."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield module.partition(".")[0]
            case ast.ImportFrom(level=level) if level > 0:
                depth = len(path.relative_to(ROOT).parts) - 1
                assert level <= depth, f"{path} imports from above its package"
                yield path.relative_to(ROOT).parts[0]
            case ast.Call(
                func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str() as name), *_],
            ):
                yield name.partition(".")[0]


def test_every_package_is_there() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(PACKAGES)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    found = set(imported(path))
    assert not found & FORBIDDEN[here.partition("/")[0]]
    assert not {name for name, places in ONLY_IN.items() if name in found and here not in places}
    assert "tests" not in found


@pytest.mark.parametrize("name", sorted(ONLY_IN))
def test_the_one_place_imports_it(name: str) -> None:
    assert {place for place in ONLY_IN[name] if name in imported(ROOT / place)} == ONLY_IN[name]
