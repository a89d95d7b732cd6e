"""The way from an index to its sample, through the grammar."""

from collections.abc import Sequence

from grammar.catalogue import catalogue_for
from grammar.census import census
from grammar.description import describe
from grammar.printer import print_source
from grammar.profile import Profile, profile_for
from grammar.strategies import Drawing, draw_kernel, replay_kernel

from .configuration import Configuration
from .sample import Sample, seed_bytes
from .watch import Stopwatch


def draw_sample(configuration: Configuration, index: int, watch: Stopwatch, *, faults: bool = False) -> Sample:
    """Return the sample of an index, drawn from its seed; with `faults`, of the fuzzer's catalogue."""
    return sample_of(configuration, index, draw(configuration, index, watch, faults=faults), watch)


def draw(configuration: Configuration, index: int, watch: Stopwatch, *, faults: bool = False) -> Drawing:
    """Return the kernel of an index, drawn from its seed, with its choices."""
    profile = _profile_of(configuration, index)
    grammar = catalogue_for(configuration.versions.warp, faults=faults)
    with watch.time("draw"):
        return draw_kernel(grammar, profile, seed_bytes(configuration, index))


def replay_sample(configuration: Configuration, index: int, choices: Sequence[int], watch: Stopwatch) -> Sample:
    """Return the sample of an index, grown again from a recorded choice sequence."""
    profile = _profile_of(configuration, index)
    with watch.time("draw"):
        kernel = replay_kernel(catalogue_for(configuration.versions.warp), profile, choices)
    return sample_of(configuration, index, Drawing(kernel, tuple(choices)), watch)


def _profile_of(configuration: Configuration, index: int) -> Profile:
    return profile_for(configuration.profile, configuration.category_of(index), configuration.profile_source)


def sample_of(configuration: Configuration, index: int, drawing: Drawing, watch: Stopwatch) -> Sample:
    """Return what is printed and said of a kernel."""
    kernel = drawing.kernel
    with watch.time("print"):
        return Sample(
            index=index,
            category=configuration.category_of(index),
            kernel_name=kernel.name,
            source=print_source(kernel),
            choices=drawing.choices,
            description=describe(kernel),
            arguments=tuple((each.name, each.type_name, each.ndim) for each in kernel.arguments),
            constructs=census(kernel),
            features=kernel.features,
            kernel=kernel,
        )
