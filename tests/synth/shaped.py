"""Datasets of the stand-in with what real ones have: runs with free keys, a profile of one's own, rejects."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import stand_in

from synth.execution import Execution
from synth.export import export
from synth.folder import Folder
from synth.generate import generate
from synth.io import Io, Launch, encode_value
from synth.oracles.verdict import Agrees, Skipped
from synth.store.layout import LAYOUTS

ODD = {
    "ü": '"\\/\u2028 𝄞',
    "float": [0.1, -0.0, 1e300, 5e-324, 3.0],
    "int": [2**63, -(2**63), 0, True],
    "none": None,
}


def draw(configuration, index, watch):
    sample = stand_in.draw(configuration, index, watch)
    return replace(sample, source=sample.source.replace("# ", "# refuse", 1)) if index % 11 == 5 else sample


def execute(_configuration, sample, _built):
    if sample.index % 5 == 3:
        return Execution(None, Skipped("it cannot be run"), Skipped(""))
    data = np.random.default_rng(sample.index).normal(size=(sample.index % 4, 2)).astype(np.float32)
    inputs = {
        f"a{sample.index}": encode_value(data),
        "n": encode_value(sample.index),
        "s": encode_value({"x": data[:0]}),
    }
    launch = Launch("smooth", (sample.index, 2), inputs, {"out": encode_value(data)}, gradients={"odd": ODD})
    return Execution(
        Io("agrees", "no floats", exact=True, launches=(launch,) * (sample.index % 3)), Agrees(), Skipped("")
    )


TOOLS = replace(stand_in.TOOLS, draw=draw, execute=execute)


def make(out, **changes):
    wanted = {"profile": "mine", "profile_source": "least = 1", "io": True, "count": 60, "seed": 2**64 - 1}
    configuration = stand_in.configuration(**(wanted | changes))
    generate(configuration, out, stand_in.setting(tools=TOOLS))
    return out


@contextmanager
def small_shards():
    """Shards and row groups so small that there are some of each."""
    from synth.store import parquet

    with pytest.MonkeyPatch.context() as patch:
        for form, layout in LAYOUTS.items():
            patch.setitem(LAYOUTS, form, replace(layout, shard_bytes=min(layout.shard_bytes, 20_000)))
        patch.setattr(parquet, "ROW_GROUP", 7)
        yield


def in_every_format(root):
    """The folders of the same dataset, by format."""
    made = {"jsonl": make(root / "jsonl")}
    for form in LAYOUTS:
        if form != "jsonl":
            export(Folder(made["jsonl"]), root / form, form)
            made[form] = root / form
    return made
