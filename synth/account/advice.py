"""What someone who uses the data is told: its format, how to load it, what to do before training, and its limits."""

from collections.abc import Mapping, Sequence

from synth.near.splits import NONE, SPLITS
from synth.store.layout import GROWING

from .markdown import bullets, code, section
from .measures import Measures
from .measuring import Measured
from .tokens import DEFINITION
from .wording import count, listed, percent, things

FORMAT = """\
A record is one JSON object: the Python source, the texts made of it, the map of their lines, the runs (`io`), figures
of the kernel (`annotations`) and `metadata`. The last has what makes the record again (`seed`, `index`, `profile`,
`choices`, the versions), what the kernel is made of (`constructs`, how often each row of the catalogue occurs), two
digests by which kernels are the same (`ir_digest`, `structure_digest`), and where it belongs (`cluster_id`, `split`).
`python -m synth schema` prints the JSON Schema, with a sentence on every key.
"""
ENCODING = """\
An array in `io` is an object with `dtype`, `shape` (its axes, then those of an element's components) and `bits`, its
bytes in Base64, little-endian and row by row; a struct is an object of its fields; what only the host can make has a
`kind` and `data`. The spans of `line_map` are first line, last line, and the line of the source, counted from 1.
"""
TOKENS = f"""\
A token here is {DEFINITION}. That compares texts without any model's
vocabulary; a model's own tokenizer makes more of them as a rule.
"""
READ_ARRAY = """\
import base64, numpy


def read(array):  # an object with dtype, shape and bits; bfloat16 needs `import ml_dtypes`
    return numpy.frombuffer(base64.b64decode(array["bits"]), array["dtype"]).reshape(array["shape"])
"""


def loading(many: Sequence[Measured]) -> str:
    """Return how to load the datasets, by what they are."""
    first = many[0].dataset
    root, pattern = first.root, next(iter(first.patterns.values()))
    loadable = [each for each in many if each.dataset.is_loadable]
    hub = [
        "With `datasets` (`pip install 'warpsmith[hf]'`):",
        code("\n".join(["from datasets import load_dataset", "", *_loads(loadable)]), "python"),
    ]
    walk = ["import json, pathlib", "", f'for path in sorted(pathlib.Path("{root}").glob("{pattern}")):']
    form = first.about.configuration.format
    if form == "jsonl":
        walk += ["    for line in path.open():", "        record = json.loads(line)"]
    else:
        walk.append("    record = json.loads(path.read_text())")
    query = (
        "SELECT metadata.category, count(*), avg(length(cpp_forward))\n"
        f"FROM '{root}/{pattern}' GROUP BY ALL ORDER BY ALL;"
    )
    return section(
        "Loading",
        *(hub if loadable else []),
        *pages(many),
        *(["Without any package:", code("\n".join(walk), "python")] if form in GROWING else []),
        "In DuckDB:",
        code(query, "sql"),
        "An array of `io`:",
        code(READ_ARRAY, "python"),
        (
            f"A record is made again, and compared with what is stored, by `python -m synth replay {root} INDEX`; "
            f"`python -m synth verify {root}` checks every file against the manifest, and `python -m synth show "
            f"{root} INDEX` prints one record."
        ),
        level=3,
    )


def pages(many: Sequence[Measured]) -> list[str]:
    """Return what is to be said of datasets with a file for each record, if there are any."""
    labels = [each.measures.label for each in many if not each.dataset.is_loadable]
    if not labels:
        return []
    return [
        (
            f"{listed(labels)}: each record is a file of its own, over many lines. `datasets` does not read these: "
            "`python -m synth export` makes JSON Lines or Parquet of them."
        )
    ]


def _loads(many: Sequence[Measured]) -> list[str]:
    return [
        line
        for each in many
        for line in load_lines(each, f'"{each.dataset.root}"', each.dataset.patterns, prefix_of(each, len(many)))
    ]


def prefix_of(each: Measured, datasets: int) -> str:
    """Return what the names of a dataset's parts begin with in code that loads several."""
    if datasets == 1:
        return ""
    name = "".join(letter if letter.isalnum() else "_" for letter in each.measures.label)
    return f"{name}_" if name.isidentifier() else f"data_{name}_"


def load_lines(each: Measured, place: str, patterns: Mapping[str, str], prefix: str) -> list[str]:
    """Return the code that loads the splits of a dataset: from their files, or by what the records say."""
    if len(patterns) > 1:
        return [f'{prefix}{split} = load_dataset({place}, split="{split}")' for split in patterns]
    whole = f'{prefix}everything = load_dataset({place}, split="{next(iter(patterns))}")  # all splits'
    return [
        whole,
        *(
            f'{prefix}{split} = {prefix}everything.filter(lambda record: record["metadata"]["split"] == "{split}")'
            for split in SPLITS
            if split in each.measures.splits
        ),
    ]


def preprocessing(many: Sequence[Measures]) -> str:
    """Return what to do before training."""
    return section(
        "Before training",
        bullets([*_comments(many), *_lengths(many), *_splitting(many), *_filtering(many), *_mixing(many)]),
        level=3,
    )


def _comments(many: Sequence[Measures]) -> list[str]:
    shares = [text.echoes.fraction for each in many for text in each.texts.values() if text.echo_bytes]
    if not shares:
        return []
    return [
        (
            "**Comments give the source away.** Warp repeats each Python line as a comment in what it generates: "
            f"{_range(list(map(percent, sorted(shares))))} of the bytes. Strip them where a model is to predict one "
            "side from the other (`python -m synth --strip-comments` leaves them out, and the line map in place); keep "
            "them where it is to learn which line became which."
        )
    ]


def _range(sorted_figures: Sequence[str]) -> str:
    """Return the first and the last of some figures, or that which they all are."""
    first, last = sorted_figures[0], sorted_figures[-1]
    return first if first == last else f"{first} to {last}"


def _lengths(many: Sequence[Measures]) -> list[str]:
    found = [
        f"{text.title} of {each.label} has {things(int(text.tokens.median), 'token')} in the median and "
        f"{count(text.tokens.percentiles[95])} at the ninety-fifth percentile"
        for each in many
        for text in [max(each.texts.values(), key=lambda text: text.tokens.median)]
    ]
    return [
        (
            f"**Lengths.** {'; '.join(found)}. Choose the length of the context by the level, and "
            "drop whole records that do not fit rather than cutting them: a cut kernel does not compile."
        )
    ]


def _splitting(many: Sequence[Measures]) -> list[str]:
    bridges = sum(each.splits[NONE].records for each in many if NONE in each.splits)
    aside = f" Leave `{NONE}` out ({things(bridges, 'record')}), which is near to two of them." if bridges else ""
    return [
        (
            f"**Splits.** Use `metadata.split`: it keeps near-duplicates together.{aside} `python -m synth export DIR "
            "--splits` writes files for each split; with `--decontaminate`, without kernels like one of Warp's own."
        )
    ]


def _filtering(many: Sequence[Measures]) -> list[str]:
    run = [each for each in many if each.run.part]
    if not run:
        return []
    return [
        (
            "**What is known to be right.** Keep records whose `io.reference` is `agrees` where outputs matter, "
            "and those whose `io.gradient` is too where adjoints do; `io.exact` says whether outputs may be "
            "compared to the bit on another machine "
            f"({listed([f'{percent(each.exact.fraction)} of {each.label}' for each in run])})."
        )
    ]


def _mixing(many: Sequence[Measures]) -> list[str]:
    sizes = [
        (each.label, sorted(found.records for found in each.categories.values() if found.records)) for each in many
    ]
    spread = listed([f"{_range(list(map(count, records)))} in {label}" for label, records in sizes])
    return [
        (
            f"**Weights.** Records of a category: {spread}. The configuration chose these shares; they do not say "
            "how often people write such kernels: weigh by `metadata.category` or `metadata.constructs` for "
            "another mixture."
        )
    ]


def limitations(many: Sequence[Measures]) -> list[str]:
    """Return what the data is not."""
    unlike = [
        f"{count(each.records - each.outputs.agree)} of {each.label}"
        for each in many
        if each.outputs.agree < each.records
    ]
    gradients = [
        f"{count(each.records - each.gradients.agree)} of {each.label}"
        for each in many
        if each.gradients.agree < each.records
    ]
    bare = [each.label for each in many if not each.run.part]
    return [
        (
            "The kernels are synthetic. Nobody needed them: names and "
            "descriptions follow from the construction, and an algorithm of many kernels is not in the data."
        ),
        (
            "Each record is one module with one kernel. Programs around kernels, launches in sequence and Python "
            "outside of kernels are not covered."
        ),
        (
            f"Outputs are not confirmed by a second implementation for some records ({listed(unlike)}): the "
            "records say why."
        )
        if unlike
        else "",
        (
            f"Gradients are not confirmed for some records ({listed(gradients)}): these say why too. An "
            "adjoint that is not confirmed is what Warp generates, not what it should be."
        )
        if gradients
        else "",
        (
            "What was run was run on the CPU, kernels compiled for CUDA too: no record says how a kernel behaves on a "
            "GPU, or how fast it is there."
        ),
        f"The records of {listed(bare)} were not run: there are no inputs and outputs." if bare else "",
        (
            "What the code looks like, and what is a bug, is that of one version of Warp "
            f"({listed(sorted({each.warp for each in many}))})."
        ),
        (
            "Outputs with library functions that may be off in the last place are those of the machine that made "
            "the dataset."
        ),
    ]
