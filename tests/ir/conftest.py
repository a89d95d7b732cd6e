from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ir import Compiler, Target, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.py"))
DEVICES = ("cpu", "cuda")


@pytest.fixture(scope="session")
def corpus() -> dict[str, Unit]:
    return {path.stem: Unit(path.stem, path.read_text()) for path in CORPUS}


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
