"""Datasets made by hand, so small that every figure of theirs can be counted by hand too."""

import base64
import json
import struct
from contextlib import contextmanager

import msgspec
import pytest

from ir.counting import StaticCounts
from synth import VERSION, cli
from synth.account import resemblance

SERIES = VERSION.rpartition(".")[0] + "."
"""What versions begin with whose datasets this one reads."""
KNOWN = """\
import warp as wp


@wp.kernel
def known(a: wp.array(dtype=float), table: wp.array2d(dtype=int)):
    i, j = wp.tid()
    for k in range(7):
        while a[j] > 2.0:
            table[i, j] = wp.max(table[j, k], i * j)
"""
"""The one kernel of the Warp that records are compared with."""
RENAMED = KNOWN.replace("known", "mine").replace("table", "grid").replace("a[", "heights[").replace("(a:", "(heights:")


@contextmanager
def known_warp(folder):
    """Let this be all that Warp has."""
    (folder / "known.py").write_text(KNOWN)
    resemblance.kernels_of_warp.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resemblance, "warp_folder", lambda: folder)
        yield
    resemblance.kernels_of_warp.cache_clear()


def run(*arguments):
    """The exit code of a command."""
    return cli.main([str(argument) for argument in arguments])


def refusal(capsys, *arguments):
    """What a command says that is refused: one line on stderr, and exit code 2."""
    capsys.readouterr()
    assert run(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("warpsmith: error: ")
    assert said.err.count("\n") == 1
    return said.err


def array(*values):
    return {
        "dtype": "float32",
        "shape": [len(values)],
        "bits": base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode(),
    }


def annotations(lines=1, **changes):
    """The figures of a kernel with so many statements: each loads and stores four bytes and computes one number."""
    static = StaticCounts(
        flops=lines,
        special_functions=lines,
        loads=lines,
        load_bytes=4 * lines,
        stores=lines,
        store_bytes=4 * lines,
        **changes.pop("static", {}),
    )
    return {"static": msgspec.to_builtins(static), **changes}


def record(index, *, device="cpu", reference="agrees", gradient="agrees", category="vector", lines=1, **changes):
    """A record whose kernel has so many statements after the first."""
    body = "".join(f"    y[i] = wp.sin(x[i]) + {index}.0\n" for _ in range(lines))
    source = f"import warp as wp\n\n\n@wp.kernel\ndef kernel(x: wp.array(dtype=float)):\n    i = wp.tid()\n{body}"
    forward = "// forward\n" + "".join(
        f"// y[i] = wp.sin(x[i]) + {index}.0    <L {n + 7}>\nvar = sin(x);\n" for n in range(lines)
    )
    launch = {"shape": "smooth", "dim": [2], "inputs": {"x": array(1.5, -2.25)}, "outputs": {"y": array(0.5, 3.75)}}
    name = f"{device}-{index:04}"
    metadata = {
        "id": name,
        "kernel_name": "kernel",
        "category": category,
        "device": device,
        "description": f"Writes `y` {index} times.",
        "seed": 5,
        "index": index,
        "profile": "default",
        "choices": "AAAA",
        "arguments": [{"name": "x", "type": "float", "dimensions": 1}],
        "constructs": {"sin": lines, "store1": lines, "tid1": 1},
        "features": [],
        "ir_digest": f"i{index}",
        "structure_digest": f"s{index}",
        "compile": {"compiler": "a compiler"},
        "warp_version": "1.19.0",
        "generator_version": SERIES + "77",
        "catalogue_digest": "c",
        "cluster_id": name,
        "split": "train",
    }
    metadata |= {key: changes.pop(key) for key in list(changes) if key in metadata}
    io = None
    if reference is not None:
        io = {"reference": reference, "gradient": gradient, "exact": index % 2 == 0, "launches": [launch]}
    spans = [[2 * n + 2, 2 * n + 3, n + 7] for n in range(lines)]
    return {
        "python_source": source,
        "cpp_forward": forward,
        "cpp_backward": forward * 2,
        "line_map": {"cpp_forward": spans, "cpp_backward": spans},
        "io": io,
        "annotations": annotations(lines),
        "metadata": metadata,
        **changes,
    }


def write(root, records, *, duplicates=0, rejects=None, device="cpu", form="jsonl", **changes):
    """Write a dataset; what is given beside the records goes into its manifest."""
    rejects = rejects or {}
    root.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in records)
    shards = [("train-00000.jsonl", len(records), text)]
    if form == "json":
        shards = [(f"pair_{n:06}.json", 1, json.dumps(each, indent=2) + "\n") for n, each in enumerate(records)]
    for name, _, content in shards:
        (root / name).write_text(content)
    categories = {}
    for each in records:
        categories.setdefault(each["metadata"]["category"], {"written": 0, "duplicates": 0, "rejects": {}})[
            "written"
        ] += 1
    first = next(iter(categories.values()), {})
    first.update(duplicates=duplicates, rejects=rejects)
    manifest = {
        "warpsmith": SERIES + "77",
        "configuration": {
            "device": device,
            "format": form,
            "seed": 5,
            "versions": {"warp": "1.19.0", "tools": {"an assembler": "2.5"}},
        },
        "records": len(records),
        "text_bytes": len(text.encode()),
        "attempts": len(records) + duplicates + sum(rejects.values()),
        "counts": {"written": len(records), "duplicates": duplicates, "rejects": rejects},
        "categories": categories,
        "rows": {"sin": [1, 1, 1, 1], "store1": [1, 1, 1, 1], "tid1": [1, 1, 1, 1], "never": [0, 0, 0, 0]},
        "shards": [{"name": name, "records": count} for name, count, _ in shards],
        "digest": "d" * 64,
        "run": {"seconds": {"draw": 1.5, "native_compile": 20.25, "lower": 0.0}, "wall_seconds": 30.5},
        **changes,
    }
    (root / "manifest.json").write_text(json.dumps(manifest))
    return root
