"""What is measured: a run as a person asks for it, and its kernels."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from synth.configuration import Configuration, Device
from synth.making import TOOLS, draw_batch
from synth.request import requested_configuration
from synth.sample import Sample
from synth.watch import Stopwatch

DEVICES: tuple[Device, ...] = ("cpu", "cuda")


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run that shape its kernels or what is done with them."""

    device: Device
    backward: bool = True
    io: bool = True
    seed: int = 0

    @property
    def title(self) -> str:
        """What a table of this run is called."""
        return f"{self.device}, {'with adjoint' if self.backward else 'forward only'}"

    def words(self) -> list[str]:
        """The options as they are typed."""
        left_out = ["--no-backward"] * (not self.backward) + ["--no-io"] * (not self.io)
        return ["--device", self.device, "--seed", str(self.seed), *left_out]

    def configuration(self) -> Configuration:
        """What these options ask for; the count says when to stop, and here nobody asks."""
        return requested_configuration(
            argparse.Namespace(
                device=self.device,
                arch=None,
                seed=str(self.seed),
                profile="default",
                categories=None,
                backward=self.backward,
                io=self.io,
                budget_mb=None,
                count="1",
                dedup="structure",
                format="jsonl",
            )
        )


def samples(configuration: Configuration, indices: Sequence[int]) -> list[Sample]:
    """Return the kernels of these indices, drawn and printed."""
    return [each for each in draw_batch(configuration, TOOLS, indices, Stopwatch()) if isinstance(each, Sample)]
