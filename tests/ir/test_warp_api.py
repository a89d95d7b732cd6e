from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import ir
from ir import Target, Unit, check_available, warp_api, warp_version
from ir.capture import captured_output
from ir.errors import BadTargetError, NoCudaCompilerError, ToolchainError, UntestedWarpError, WarpMissingError
from ir.versions import accepted, is_tested

ROOT = Path(ir.__file__).resolve().parents[1]

PROBE = """
import hashlib, json, sys
from pathlib import Path
from ir import Compiler, Target, Unit

corpus, device, scratch, skip = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
units = [Unit(path.stem, path.read_text()) for path in sorted(corpus.glob("*.py"))]
compiler = Compiler(Target(device), scratch)
modules = {unit.kernel_name: compiler.generate(unit) for unit in units[skip:] + units[:skip]}
texts = {name: modules[name].built.listing for name in sorted(modules)}
native = compiler.compile([modules["bfloat"]])
assert native == [modules["bfloat"].built], native
print(hashlib.sha256(repr(texts).encode()).hexdigest(), json.dumps(compiler.describe_compile()))
"""


def probe(tmp_path: Path, device: str, name: str, skip: int, **environment: str) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / name
    home = folder / "home"
    home.mkdir(parents=True)
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "LD_LIBRARY_PATH"}}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, Path(__file__).parent / "corpus", device, folder / "s", str(skip)],
        cwd=home,
        env=kept | {"PYTHONPATH": str(ROOT), "HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_fresh_process_is_silent_and_says_the_same(tmp_path: Path, device: str) -> None:
    """Whatever the hash seed, the folder, the order; and with warnings as errors."""
    one = probe(tmp_path, device, "one", 0, PYTHONHASHSEED="1")
    two = probe(tmp_path, device, "two", 4, PYTHONHASHSEED="2")
    for run in (one, two):
        assert run.returncode == 0, run.stderr
        assert run.stderr == ""
        assert run.stdout.count("\n") == 1
    assert one.stdout == two.stdout
    assert json.loads(one.stdout.split(" ", 1)[1])["backward"] is True
    assert list((tmp_path / "one" / "home").iterdir()) == []


def test_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warp_version() == importlib.metadata.version("warp-lang")
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "1.20.0")
    with pytest.raises(
        UntestedWarpError, match=r"^Warp 1\.20\.0 is installed, tested are 1\.10\.x to 1\.19\.x: pip install .*$"
    ):
        check_available(Target("cpu"))


def test_nothing_is_left_out_of_what_the_latest_version_is_told() -> None:
    if not warp_version().startswith("1.19."):
        pytest.skip("older ones know less")
    assert set(warp_api.compile_options("cpu")) == {"mode", "extra_flags", "block_dim", "optimization_level"}
    assert set(warp_api.compile_options("cuda")) == {"config", "optimization_level"}
    assert accepted(warp_api.context().ModuleBuilder, {"target": "cpu"}) == {"target": "cpu"}


def test_accepted() -> None:
    def function(one: int, *, two: int = 2) -> int:
        return one + two

    assert accepted(function, {"two": 3, "three": 4}) == {"two": 3}
    assert is_tested("1.10.0")
    assert is_tested("1.19.3")
    assert not any(is_tested(version) for version in ("1.1.0", "1.20.0", "1.9.1", "2.10.0"))


def test_no_warp(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(WarpMissingError, match="pip install"):
        check_available(Target("cpu"))


def test_a_warp_that_does_not_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "warp", None)
    with pytest.raises(WarpMissingError, match=r"^Warp does not import: .*$"):
        check_available(Target("cpu"))


def test_no_cuda_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    check_available(Target("cuda"))
    monkeypatch.setattr(warp_api, "architectures", list)
    with pytest.raises(NoCudaCompilerError, match="--device cpu"):
        check_available(Target("cuda"))


def test_no_cpu_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    check_available(Target("cpu"))
    monkeypatch.setattr(warp_api._runtime(), "llvm", None)
    with pytest.raises(WarpMissingError, match="warp-clang"):
        check_available(Target("cpu"))


def test_bad_targets() -> None:
    with pytest.raises(BadTargetError, match=r"'gpu'.*expected"):
        Target("gpu")
    with pytest.raises(BadTargetError, match=r"architecture 12 .* 90"):
        check_available(Target("cuda", arch=12))


def test_every_toolchain_error_is_one() -> None:
    assert all(issubclass(error, ToolchainError) for error in (BadTargetError, NoCudaCompilerError, WarpMissingError))


@pytest.mark.parametrize("name", ["", "1st", "a b", "class", "x-y", "../x"])
def test_a_kernel_name_is_an_identifier(name: str) -> None:
    with pytest.raises(ValueError, match="not a Python identifier"):
        Unit(name, "")


def test_captured_output_restores_the_descriptors(capfd: pytest.CaptureFixture[str]) -> None:
    with captured_output() as read:
        os.write(1, b"one")
        os.write(2, b"two")
        assert read() == "onetwo"
    os.write(1, b"after")
    assert capfd.readouterr() == ("after", "")


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (4, 1, 2), (0,), (2, 0)])
@pytest.mark.parametrize("components", [(), (3,), (2, 2)])
def test_an_array_is_described_as_warp_describes_it(shape: tuple[int, ...], components: tuple[int, ...]) -> None:
    warp_api.start()
    wp = warp_api.types()
    dtype = {0: wp.float32, 1: wp.vector(3, wp.float32), 2: wp.matrix((2, 2), wp.float32)}[len(components)]
    buffer, gradient = (np.ones((*shape, *components), np.float32) for _ in range(2))
    grad = warp_api.array_over(gradient, dtype, len(shape), None)
    whole = warp_api.array_over(buffer, dtype, len(shape), grad)
    described = warp_api.described(gradient, dtype, len(shape), None)
    assert bytes(described) == bytes(grad.__ctype__())
    assert bytes(warp_api.described(buffer, dtype, len(shape), described)) == bytes(whole.__ctype__())
