"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.machine import cores
from benchmarks.subjects import DEVICES
from synth.configuration import Device


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of all parts."""

    name: str
    floor_first: int
    """Kernels that the real command has before those that are measured: whole batches of either device."""
    floor_kernels: int
    """In each repetition; as many as the largest module has, and whole batches."""
    floor_repetitions: int
    module_sizes: tuple[int, ...]
    template_samples: tuple[int, ...]
    drawn_samples: int
    """Ours, beside the templates."""
    scaling_kernels: tuple[int, int]
    """Few and many: some for each worker, and as many whole batches more as share out evenly."""
    scaling_repetitions: int
    workers: tuple[int, ...]
    memory_kernels: int
    memory_devices: tuple[Device, ...]
    memory_backward: bool
    dedup_digests: tuple[int, ...]
    dedup_records: tuple[int, ...]


FULL = Scale(
    name="full",
    floor_first=64,
    floor_kernels=128,
    floor_repetitions=3,
    module_sizes=(16, 32, 64, 128),
    template_samples=(10_000, 69_000),
    drawn_samples=512,
    scaling_kernels=(64, 576),
    scaling_repetitions=3,
    workers=tuple(range(1, min(cores(), 8) + 1)),  # the few are a batch of the smallest size for each of eight
    memory_kernels=2_048,
    memory_devices=DEVICES,
    memory_backward=True,
    dedup_digests=(10**6, 10**7, 10**8),
    dedup_records=(10**5, 10**6),
)
"""The better part of an hour on two cores."""

QUICK = Scale(
    name="quick",
    floor_first=64,
    floor_kernels=64,
    floor_repetitions=2,
    module_sizes=(16, 64),
    template_samples=(1_000, 6_900),
    drawn_samples=64,
    scaling_kernels=(64, 192),
    scaling_repetitions=2,
    workers=(1, 2),
    memory_kernels=512,
    memory_devices=DEVICES,
    memory_backward=True,
    dedup_digests=(10**6,),
    dedup_records=(10**5,),
)
"""Minutes on two cores."""
