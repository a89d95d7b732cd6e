"""A small grammar and compiler, to test the laws of the pipeline in seconds; some of its kernels crash or hang.

The profile says what goes wrong: "plain" nothing, "faults" one kernel of each kind of fault, "crashing" the same but
for the one that hangs, "hanging" and "refusing" every kernel, "broken" the compiler; "big" has records so large that a
few dozen fill a shard.
"""

import atexit
import hashlib
import os
import signal
import sys
import time
from dataclasses import replace
from itertools import compress
from operator import not_
from pathlib import Path

import msgspec
import numpy as np

from ir.errors import ToolchainError
from ir.normalise import normalise
from ir.records import Built, Known, Listing, Refused, Timings, Unit
from synth import VERSION, worker
from synth.configuration import Configuration, Versions
from synth.crew import Limits
from synth.generate import Setting, generate
from synth.making import Tools, sign_kernel, write_record
from synth.sample import Sample, seed_bytes

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
"""What a process needs to import what this one can."""

KERNEL = """\
extern "C" __global__ void kernel_cuda_kernel_forward(
    wp::launch_bounds_t<1> dim)
{
}
"""

FAULTS = {3: "segfault", 10: "exit", 17: "hang", 21: "raise", 26: "hoard", 30: "refuse", 35: "undrawn"}
PATIENT = Limits(batch_seconds=15.0, memory_bytes=10**9)
HASTY = Limits(batch_seconds=2.0, kernel_seconds=0.02, memory_bytes=10**9)


def configuration(**changes):
    plain = Configuration(
        device="cpu",
        arch=None,
        levels=("cpp",),
        backward=True,
        io=False,
        seed=0,
        profile="plain",
        categories=("arithmetic", "vector", "struct"),
        dedup="structure",
        format="jsonl",
        budget_bytes=None,
        count=40,
        catalogue_digest="c" * 64,
        versions=Versions(warpsmith=VERSION, warp="1.19.0", hypothesis="6.0", libcst="1.0", rensa="0.5.0"),
    )
    return replace(plain, **changes)


def draw(configuration, index, watch):
    with watch.time("draw"):
        bits = int.from_bytes(seed_bytes(configuration, index)[:4], "little")
    fault = FAULTS.get(index, "") if configuration.profile == "faults" else ""
    if configuration.profile == "crashing" and FAULTS.get(index) != "hang":
        fault = FAULTS.get(index, "")
    if configuration.profile == "hanging":
        fault = "hang"
    if configuration.profile == "refusing":
        fault = "refuse"
    if fault == "undrawn":
        raise ValueError("too few bytes")
    # Every eighth kernel repeats an earlier structure; big ones fill a shard with a few dozen.
    structure = bits % 3 if bits % 8 == 0 else bits
    size = 400_000 if configuration.profile == "big" else 100
    return Sample(
        index=index,
        category=configuration.category_of(index),
        kernel_name="kernel",
        source=f"# {fault}\nstructure = {structure}\nconstant = {bits}\n" + "#" * (structure % size),
        choices=(bits % 300, 1, 2),
        description="Does nothing.",
        arguments=(("x", "wp.float32", 1),),
        constructs={"tid": 1, "even" if bits % 2 == 0 else "odd": 1 + bits % 3},
        features=("odd",) if bits % 2 else (),
    )


def draw_slowly(configuration, index, watch):
    """Draw, the first of a run with much patience."""
    if index == 0:
        time.sleep(6)
    return draw(configuration, index, watch)


def draw_sluggishly(configuration, index, watch):
    """Draw; the kernel that hangs takes for ever the fifth time: when a worker has it alone for the second time."""
    if FAULTS.get(index) == "hang":
        times = Path(os.environ["SLUGGISH"])
        with times.open("a") as file:
            file.write(".")
        if times.stat().st_size == 5:
            time.sleep(10_000)
    return draw(configuration, index, watch)


def digests_of(unit: Unit):
    structure = unit.source.splitlines()[1]
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in (unit.source, structure))


class Builder:
    def __init__(self, configuration, scratch):
        self.timings = Timings()
        self.scratch = scratch
        self.breaks = configuration.profile == "broken"

    def build(self, units, is_known):
        if self.breaks:
            raise ToolchainError("the compiler is broken")
        (self.scratch / "module.o").write_bytes(b"something")
        known = [is_known(*digests_of(unit)) for unit in units]
        for unit in compress(units, map(not_, known)):
            fault = unit.source.split("\n", 1)[0].removeprefix("# ")
            if fault == "segfault":
                os.write(2, b"fatal: this kernel is too much\n")
                os.kill(os.getpid(), signal.SIGSEGV)
            elif fault == "exit":
                os._exit(7)
            elif fault == "hang":
                time.sleep(10_000)
            elif fault == "hoard":
                _ = [np.empty(10**7, np.uint8) for _ in range(10**6)]
            elif fault == "raise":
                raise RuntimeError("our own mistake")
        self.timings = replace(self.timings, native_compile=self.timings.native_compile + 0.25)
        return [Known() if is_old else self._result(unit) for unit, is_old in zip(units, known, strict=True)]

    def _result(self, unit: Unit):
        if unit.source.startswith("# refuse"):
            return Refused("native", "error: no such thing", *digests_of(unit))
        commented = "".join(f"// {line}\n" for line in unit.source.splitlines())
        text = f"// generated\n{commented}{KERNEL}"
        return Built(Listing(text, text), *digests_of(unit), normalised=normalise(text))

    def describe_compile(self):
        return {"flags": ["-O0"]}


class Tidy(Builder):
    """A builder that leaves something beside its folder when its process ends by itself."""

    def __init__(self, configuration, scratch):
        super().__init__(configuration, scratch)
        atexit.register((scratch.parent / f"{os.getpid()}.tidy").write_text, "put away")


class Unlucky(Builder):
    """A builder whose first two processes end for reasons that are not the kernel's."""

    def build(self, units, is_known):
        ends = self.scratch.parent / "ends"
        with ends.open("a") as file:
            file.write(".")
        match ends.stat().st_size:
            case 1:
                os.kill(os.getpid(), signal.SIGKILL)
            case 2:
                os._exit(7)
        return super().build(units, is_known)


class Struck(Builder):
    """A builder whose first three processes get a signal from outside."""

    number = signal.SIGKILL

    def build(self, units, is_known):
        ends = self.scratch.parent / "ends"
        with ends.open("a") as file:
            file.write(".")
        if ends.stat().st_size <= 3:
            os.kill(os.getpid(), self.number)
        return super().build(units, is_known)


class Stopped(Struck):
    """A builder whose first three processes are stopped for good."""

    number = signal.SIGSTOP


def no_toolchain(_configuration, _scratch):
    raise ToolchainError("no compiler here")


def opens_on_a_full_disk(configuration, scratch):
    worker.SPARE_BYTES = 10**18
    return Builder(configuration, scratch)


def never_opens(_configuration, _scratch):
    time.sleep(10_000)


def dies_at_once(_configuration, _scratch):
    os.write(2, b"cannot load the library\n")
    os._exit(3)


def rows():
    return ("even", "odd", "never", "tid")


TOOLS = Tools(draw, Builder, rows, write_record, sign=sign_kernel)


def setting(workers=1, batch=8, **changes):
    return replace(Setting(workers=workers, batch=batch, tools=TOOLS, limits=HASTY), **changes)


def contents(folder: Path):
    """Every file of a folder by name; the part of the manifest that may differ between equal runs is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name == "manifest.json":
                content = content[: content.index(b'"run": {')]
            if path.name == "PRODUCTION_STATE.md":
                content = content[: content.index(b"--out")]
            found[str(path.relative_to(folder))] = content
    return found


if __name__ == "__main__":
    # A run to be killed: python stand_in.py OUT PROFILE COUNT FORMAT WORKERS
    import stand_in

    from synth import cli, production
    from synth.__main__ import run

    production.STATE_SECONDS = 0.0
    out, profile, count, form, workers = sys.argv[1:]
    job = stand_in.configuration(profile=profile, count=int(count), format=form)
    cli._generate = lambda _options, _tools: (  # type: ignore[assignment]
        generate(job, Path(out), stand_in.setting(workers=int(workers), limits=stand_in.PATIENT)) and 0
    )
    sys.argv[1:] = ["generate"]
    sys.exit(run())


def json_of(value):
    """A value as the JSON text of an outcome."""
    return msgspec.json.encode(value)
