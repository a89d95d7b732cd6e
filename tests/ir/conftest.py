from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ir import Compiler, Target, Unit, warp_version

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.py"))
DEVICES = ("cpu", "cuda")


class Corpus(dict[str, Unit]):
    """The kernels that the installed Warp knows enough for; a test that asks for another one is skipped."""

    def __missing__(self, name: str) -> Unit:
        pytest.skip(f"{name} needs a newer Warp than {warp_version()}")


@pytest.fixture(scope="session")
def corpus() -> dict[str, Unit]:
    return Corpus({path.stem: Unit(path.stem, path.read_text()) for path in CORPUS if is_known(path)})


def is_known(path: Path) -> bool:
    needs = re.match(r"# Needs Warp 1\.(\d+)\.\n", path.read_text())
    return needs is None or int(warp_version().split(".")[1]) >= int(needs[1])


@pytest.fixture(scope="session")
def compiler_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Compiler]:
    made: dict[Target, Compiler] = {}

    def make(device: str, *, backward: bool = True) -> Compiler:
        target = Target(device, backward=backward)
        if target not in made:
            made[target] = Compiler(target, tmp_path_factory.mktemp(device))
        return made[target]

    return make


@pytest.fixture(params=DEVICES)
def compiler(request: pytest.FixtureRequest, compiler_for: Callable[..., Compiler]) -> Compiler:
    return compiler_for(request.param)
