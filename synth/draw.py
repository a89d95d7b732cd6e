"""The way from an index to its sample, through the grammar."""

from collections.abc import Sequence

from grammar.catalogue import CATALOGUE
from grammar.census import census
from grammar.description import describe
from grammar.printer import print_source
from grammar.profile import profile_for
from grammar.strategies import draw_kernel, replay_kernel
from grammar.term import Kernel

from .configuration import Configuration
from .sample import Sample, seed_bytes
from .watch import Stopwatch


def draw_sample(configuration: Configuration, index: int, watch: Stopwatch) -> Sample:
    """Return the sample of an index, drawn from its seed."""
    profile = profile_for(configuration.profile, configuration.category_of(index))
    with watch.time("draw"):
        drawing = draw_kernel(CATALOGUE, profile, seed_bytes(configuration, index))
    return _sample(configuration, index, drawing.kernel, drawing.choices, watch)


def replay_sample(configuration: Configuration, index: int, choices: Sequence[int], watch: Stopwatch) -> Sample:
    """Return the sample of an index, grown again from a recorded choice sequence."""
    profile = profile_for(configuration.profile, configuration.category_of(index))
    with watch.time("draw"):
        kernel = replay_kernel(CATALOGUE, profile, choices)
    return _sample(configuration, index, kernel, tuple(choices), watch)


def _sample(
    configuration: Configuration, index: int, kernel: Kernel, choices: tuple[int, ...], watch: Stopwatch
) -> Sample:
    with watch.time("print"):
        return Sample(
            index=index,
            category=configuration.category_of(index),
            kernel_name=kernel.name,
            source=print_source(kernel),
            choices=choices,
            description=describe(kernel),
            arguments=tuple((each.name, each.type_name, each.ndim) for each in kernel.arguments),
            constructs=census(kernel),
        )
