"""Near-duplicates and splits: what counts as near, that nothing moves when a dataset grows, that no pair crosses."""

import itertools
import json
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import stand_in

from ir import Compiler, Refused, Target, Unit
from ir.normalise import normalise
from synth.errors import UsageError
from synth.near import runs, signatures
from synth.near.bands import BANDS, LEAST, ROWS
from synth.near.clusters import THRESHOLD, Clusters, Entry
from synth.near.entries import read_entry
from synth.near.python_tokens import python_tokens
from synth.near.real import overlap, real_kernels, record_signatures, warp_folder
from synth.near.shingles import ir_shingles, python_shingles
from synth.near.signatures import SLOTS, Signatures, sign, signature, slots_for
from synth.near.splits import NONE, SPLITS, Fractions, split_of

THIRDS = Fractions(0.4, 0.3, 0.3)

PLAIN = """import warp as wp


@wp.struct
class Grain:
    mass: float
    speed: wp.vec3


@wp.func
def weight(mass: float, height: float):
    return mass * 9.81 + height


@wp.kernel
def settle(count: int, grains: wp.array(dtype=Grain), out: wp.array2d(dtype=float)):
    i, j = wp.tid()
    if i >= count:
        return
    grain = grains[i]
    total = float(0.0)
    for k in range(4):
        total += weight(grain.mass, grain.speed.x) - 0.5
    out[i, j] = total
"""

# The same with every name, number and line changed that has no meaning.
DRESSED = '''"""A module."""
import warp


@warp.struct
class Ball:  # of snow
    size: warp.float32
    push: warp.vec3f


@warp.func
def load(size: warp.float32, depth: warp.float32):
    """Weigh."""
    return ((size * (1.25)) + depth)


@warp.kernel
def stack(
    number: warp.int32,
    balls: warp.array[Ball],
    sums: warp.array(dtype=warp.float32, ndim=2),
):
    row, column = warp.tid()
    if (row >= number): return
    ball = balls[row]; s = float(-7.0)
    for turn in range(
        9
    ):
        s += load(ball.size,
                  ball.push.x) - 2.5
    sums[row, column] = s
'''


def lowered(statements):
    """Text such as Warp generates, as far as normalising and shingles go."""
    lines = [f"    var_{n + 1} = wp::{name}(var_{n}, var_{n});" for n, name in enumerate(statements)]
    return "// echo\nstatic void k_cpu_kernel_forward(\n    size_t task_index)\n{\n" + "\n".join(lines) + "\n}\n"


def module(statements):
    body = "".join(f"    x{n + 1} = wp.{name}(x{n})\n" for n, name in enumerate(statements))
    return f"import warp as wp\n\n\n@wp.kernel\ndef k(x0: float):\n{body}"


def record(name, statements, **metadata):
    return {
        "python_source": module(statements),
        "cpp_forward": lowered(statements),
        "metadata": {"id": name, "other": 1, **metadata},
        "io": None,
    }


def texts(records):
    return [json.dumps(each).encode() for each in records]


def drifting(count, seed=0):
    """Records of a few families: each is an earlier one with some statements changed, so that likeness fades away."""
    draw = random.Random(seed)
    words = [f"op{n}" for n in range(200)]
    programs = [draw.choices(words, k=60) for _ in range(12)]
    records = []
    while len(records) < count:
        program = list(draw.choice(programs))
        for _ in range(draw.choice((0, 1, 2, 4, 6))):
            program[draw.randrange(60)] = draw.choice(words)
        programs.append(program)
        records.append(record(f"r{len(records)}", program))
    draw.shuffle(records)  # a link between two others may come after both
    return records


@pytest.fixture(scope="module")
def records():
    return drifting(300)


@contextmanager
def opened(fractions=THIRDS, threshold=THRESHOLD):
    """Clusters without a record."""
    with TemporaryDirectory() as folder, Clusters(Path(folder), 0, fractions, threshold) as clusters:
        yield clusters


def place_all(texts, clusters):
    return [clusters.place(read_entry(text)) for text in texts]


@pytest.fixture(scope="module")
def entries(records):
    return [read_entry(text) for text in texts(records)]


@pytest.fixture(scope="module")
def placed(entries):
    with opened() as clusters:
        return [clusters.place(entry) for entry in entries]


def near_pairs(entries, threshold=THRESHOLD):
    """Every pair whose estimate in either view reaches the threshold, without any index."""
    for earlier, later in itertools.combinations(entries, 2):
        views = zip(earlier.signatures.views, later.signatures.views, strict=True)
        if any(np.count_nonzero(a == b) >= slots_for(threshold) for a, b in views):
            yield earlier.id, later.id


def test_names_numbers_and_formatting_do_not_matter():
    assert python_tokens(PLAIN) != python_tokens(DRESSED)  # names are numbered in shingles only
    assert python_shingles(PLAIN) == python_shingles(DRESSED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mass * 9.81", "mass / 9.81"),
        (">= count", "> count"),
        ("mass * 9.81 + height", "height * 9.81 + height"),
        ("out: wp.array2d(dtype=float)", "out: wp.array2d(dtype=wp.float64)"),
        ("total += ", "total -= "),
        ("speed.x", "speed.y"),
        ("float(0.0)", "wp.sqrt(0.0)"),
        ("range(4)", "range(4.5)"),
        ("mass: float\n    speed: wp.vec3", "mass: float\n    speed: wp.vec4"),
    ],
)
def test_what_is_computed_matters(old, new):
    assert PLAIN.replace(old, new) != PLAIN
    before, after = python_shingles(PLAIN), python_shingles(PLAIN.replace(old, new))
    assert before != after
    assert len(before & after) / len(before | after) > 0.6


def test_spellings_of_an_array_are_one():
    spelt = ("wp.array2d(dtype=float)", "wp.array(dtype=wp.float32, ndim=2)", "wp.array2d[float]", "wp.array2d(float)")
    assert len({python_shingles(PLAIN.replace(spelt[0], each)) for each in spelt}) == 1
    assert python_shingles(PLAIN) != python_shingles(PLAIN.replace(spelt[0], "wp.array(dtype=float)"))


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_generated_code_is_compared_without_names(device, tmp_path):
    compiler = Compiler(Target(device), tmp_path)

    def of(source, name):
        built = compiler.generate(Unit(name, source))
        assert not isinstance(built, Refused), built
        return ir_shingles(built.built.normalised)

    plain = of(PLAIN, "settle")
    assert plain == of(DRESSED.replace("range(\n        9\n    )", "range(4)"), "stack")
    other = of(PLAIN.replace("mass * 9.81", "mass / 9.81"), "settle")
    assert plain != other
    assert len(plain & other) / len(plain | other) > 0.6
    # The text of an operation is the same for every type; its values have one.
    add = "import warp as wp\n\n\n@wp.kernel\ndef add(a: wp.array(dtype=float)):\n    a[0] = a[1] + a[2]\n"
    assert of(add, "add") != of(add.replace("float", "wp.vec3"), "add")


def test_likeness_estimates_the_similarity_of_the_sets():
    draw = random.Random(1)
    errors = []
    for _ in range(300):
        words = [str(draw.random()) for _ in range(draw.randrange(30, 300))]
        left, right = words[: draw.randrange(10, len(words) + 1)], words[draw.randrange(0, 10) :]
        jaccard = len({*left} & {*right}) / len({*left} | {*right})
        errors.append(np.count_nonzero(signature(left) == signature(right)) / SLOTS - jaccard)
    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors) < 0.5 / SLOTS**0.5  # of independent slots, at the worst similarity


def test_the_signature_of_a_set_is_a_constant():
    # What rensa 0.5 gives on x86-64 with AVX2. Where this fails, splits of datasets made before are not met again.
    assert signature(["a", "b", "c"])[:4].tolist() == [3448684785, 3385098743, 3544197062, 3563187575]
    assert (signature(["c", "a", "b", "a"]) == signature(["a", "b", "c"])).all()
    assert signature([]) is None


def test_how_many_slots_reach_a_threshold():
    assert [slots_for(share) for share in (0, 0.5, 0.501, THRESHOLD, 1)] == [0, 63, 64, 89, 126]


def spread(base, differing):
    """A signature that differs from a base in so many slots, in a band of its own each as long as there are such."""
    changed = base.copy()
    places = [band * ROWS + row for row in range(ROWS) for band in range(BANDS)][:differing]
    changed[places] ^= 1
    return changed


@pytest.mark.parametrize("least", [SLOTS - BANDS + 1, slots_for(THRESHOLD), SLOTS])
def test_the_index_misses_no_estimate_above_its_least(monkeypatch, least):
    monkeypatch.setattr(runs, "RECENT", 1000)
    draw = np.random.default_rng(0)
    with opened(threshold=least / SLOTS) as clusters:
        signed = [draw.integers(0, 2**32, SLOTS, dtype=np.uint32) for _ in range(50)]
        for number, base in enumerate(signed):
            clusters.place(Entry(f"{number}", Signatures(None, base)))
        for number, base in enumerate(signed):
            for differing in {0, 1, SLOTS - least, SLOTS - least + 1}:  # the worst place for each
                entry = Entry(f"{number} {differing}", Signatures(None, spread(base, differing)))
                found = {each.id for each in clusters.place(entry).neighbours}
                assert (f"{number}" in found) == (SLOTS - differing >= least)


def test_a_threshold_that_the_index_cannot_keep_is_refused(tmp_path):
    with pytest.raises(UsageError, match="threshold"):
        Clusters(tmp_path, threshold=LEAST)


def test_no_near_pair_is_in_two_splits(entries, placed):
    splits = {each.id: each.split for each in placed}
    pairs = list(near_pairs(entries))
    assert len(pairs) > 300
    crossing = [pair for pair in pairs if NONE not in (s := {splits[name] for name in pair}) and len(s) > 1]
    assert not crossing
    # It is the rule of bridges that does it, and it takes few.
    clusters = {each.id: split_of(each.cluster_id, THIRDS) for each in placed}
    assert any(clusters[left] != clusters[right] for left, right in pairs)
    assert 0 < sum(split == NONE for split in splits.values()) < len(placed) / 5
    assert {*splits.values()} == {*SPLITS, NONE}


def test_neighbours_are_all_that_brute_force_finds(entries, placed):
    assert {(near.id, each.id) for each in placed for near in each.neighbours} == set(near_pairs(entries))


def test_a_record_joins_the_cluster_of_its_nearest_earlier_neighbour(entries, placed):
    signed = {entry.id: entry.signatures.views for entry in entries}
    clusters = {each.id: each.cluster_id for each in placed}

    def agreeing(left, right):
        return sum(np.count_nonzero(a == b) for a, b in zip(signed[left], signed[right], strict=True))

    for each in placed:
        if each.neighbours:
            assert each.cluster_id == clusters[each.neighbours[0].id]
            assert agreeing(each.id, each.neighbours[0].id) == max(agreeing(each.id, n.id) for n in each.neighbours)
        else:
            assert each.cluster_id == each.id


def test_nothing_changes_when_the_dataset_grows(entries, placed):
    for length in (1, 17, 150, 299):
        with opened() as clusters:
            assert [clusters.place(entry) for entry in entries[:length]] == placed[:length]


def test_a_run_that_goes_on_passes_the_earlier_records_again(records, placed):
    with opened() as clusters:
        place_all(texts(records[:120]), clusters)
        assert place_all(texts(records[120:]), clusters) == placed[120:]


@pytest.mark.parametrize(
    "environment",
    # The second without the vector instructions that rensa chooses among when it runs.
    [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "4242", "RENSA_FORCE_KERNEL": "scalar"}],
    ids=["vector", "scalar"],
)
def test_another_process_places_records_alike(tmp_path, records, placed, environment):
    shard = tmp_path / "shard.jsonl"
    shard.write_bytes(b"\n".join(texts(records[:60])))
    script = (
        "import sys; from pathlib import Path\n"
        "from synth.near.clusters import Clusters; from synth.near.splits import Fractions\n"
        "from synth.near.entries import read_entry\n"
        "clusters = Clusters(Path(sys.argv[2]), 0, Fractions(0.4, 0.3, 0.3))\n"
        "for line in open(sys.argv[1], 'rb'): print(repr(clusters.place(read_entry(line))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(shard), str(tmp_path / "clusters")],
        env=stand_in.ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == [repr(each) for each in placed[:60]]


WORDS = [f"op{n}" for n in range(60)]
LEFT = WORDS
MIDDLE = [*WORDS[:53], *(f"new{n}" for n in range(7))]
RIGHT = [*(f"old{n}" for n in range(7)), *MIDDLE[7:]]


def named(prefix, split):
    """A name whose own cluster would be in this split."""
    return next(name for name in (f"{prefix}{n}" for n in range(1000)) if split_of(name, THIRDS) == split)


def place(*records):
    with opened() as clusters:
        return [(each.cluster_id, each.split) for each in place_all(texts(records), clusters)]


def test_a_bridge_is_in_no_split():
    left, right = named("left", "train"), named("right", "test")
    ends = [record(left, LEFT), record(right, RIGHT)]
    assert place(*ends) == [(left, "train"), (right, "test")]
    assert place(*ends, record("bridge", MIDDLE))[2] in {(left, NONE), (right, NONE)}
    # What is near to a bridge only is free to go with its cluster.
    assert place(*ends, record("bridge", MIDDLE), record("again", MIDDLE))[3][1] == NONE
    same = named("same", "train")
    assert place(ends[0], record(same, RIGHT), record("bridge", MIDDLE))[2][1] == "train"


def test_a_twin_is_where_its_original_is():
    original, other = named("original", "test"), named("other", "train")
    unlike = [f"twin{n}" for n in range(60)]
    twin = record("twin", unlike, twin_of=original)
    assert place(record(original, LEFT), twin)[1] == (original, "test")
    # Also a twin of a twin, and what is near to one.
    assert place(record(original, LEFT), twin, record("second", WORDS[::-1], twin_of="twin"))[2] == (original, "test")
    assert place(record(original, LEFT), twin, record("close", unlike))[2] == (original, "test")
    # A twin that is near to another split's records is in none, and so is a twin of what is in none.
    assert place(record(original, LEFT), record(other, unlike), twin)[2] == (original, NONE)
    ends = [record(named("left", "train"), LEFT), record(named("right", "test"), RIGHT), record("bridge", MIDDLE)]
    assert place(*ends, record("twin", unlike, twin_of="bridge"))[3][1] == NONE


def test_what_cannot_be_placed_is_refused():
    with pytest.raises(UsageError, match="twin of lost"):
        place(record("twin", LEFT, twin_of="lost"))
    with pytest.raises(UsageError, match="same occurs twice"):
        place(record("same", LEFT), record("same", RIGHT))


def test_splits_have_their_fractions_of_the_clusters():
    found = [split_of(f"cpu-{n:016x}", Fractions()) for n in range(20000)]
    for split, share in zip(SPLITS, (0.90, 0.05, 0.05), strict=True):
        assert found.count(split) / len(found) == pytest.approx(share, abs=0.01)
    assert {split_of(str(n), Fractions(0.5, 0, 0.5)) for n in range(200)} == {"train", "test"}
    assert {split_of(str(n), Fractions(1, 0, 0)) for n in range(200)} == {"train"}
    # A larger part for training takes from the others and gives nothing back.
    assert all(
        split_of(f"{n}", Fractions(0.95, 0.03, 0.02)) == "train"
        for n in range(500)
        if split_of(f"{n}", Fractions()) == "train"
    )


@pytest.mark.parametrize("parts", [(0.9, 0.1, 0.1), (1.1, -0.1, 0), (float("nan"), 0.5, 0.5), (0, 0, 0)])
def test_fractions_add_up(parts):
    with pytest.raises(UsageError, match="add up to 1"):
        Fractions(*parts)


def test_one_of_each_cluster_has_no_near_duplicates(entries, placed):
    firsts = {each.id for each in placed if each.id == each.cluster_id}
    with opened() as clusters:
        kept = [clusters.place(entry) for entry in entries if entry.id in firsts]
    assert all(each.id == each.cluster_id for each in kept)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b'{"python_source": "x = 1"}', b'{"python_source": 1, "metadata": {"id": "a"}}', b"\xff"],
)
def test_foreign_text_is_refused(text):
    with pytest.raises(UsageError, match="no record"):
        read_entry(text)


def test_a_record_without_generated_text_has_one_view():
    bare = {"python_source": PLAIN, "metadata": {"id": "bare"}}
    entry = read_entry(json.dumps(bare).encode())
    assert entry.signatures.ir is None
    assert place(bare, {**bare, "metadata": {"id": "second"}})[1][0] == "bare"
    cuda = read_entry(json.dumps(bare | {"cuda_forward": lowered(WORDS)}).encode())
    assert (cuda.signatures.ir == sign(PLAIN, normalise(lowered(WORDS))).ir).all()
    with pytest.raises(UsageError, match="broken is no Python"):
        read_entry(json.dumps({"python_source": "def", "metadata": {"id": "broken"}}).encode())


def test_records_without_text_are_unlike_each_other():
    with opened() as clusters:
        assert [clusters.place(Entry(name, Signatures(None, None))).cluster_id for name in "ab"] == ["a", "b"]


def test_a_missing_or_other_rensa_is_named(monkeypatch):
    signatures._rensa.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "rensa", None)
        with pytest.raises(UsageError, match=r"pip install 'rensa>=0\.5,<0\.6'"):
            signature(["a"])
        patch.undo()
        patch.setattr(signatures, "ALGORITHM", 99)
        with pytest.raises(UsageError, match="version"):
            signature(["a"])


def test_real_kernels_are_read_and_never_run(tmp_path):
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "snow.py").write_text(DRESSED + "\nraise SystemExit\n")
    (tmp_path / "broken.py").write_text("def")
    (tmp_path / "old.py").write_text('import re\nPATTERN = "\\d"\n')
    (tmp_path / "nested.py").write_text(
        "import warp as wp\n\ndef make(n):\n    @wp.kernel(enable_backward=False)\n"
        "    def inner(a: wp.array(dtype=int)):\n        a[wp.tid()] = n\n    return inner\n"
    )
    found = list(real_kernels(tmp_path))
    assert [(each.file, each.kind, each.name) for each in found] == [
        ("examples/snow.py", "func", "load"),
        ("examples/snow.py", "kernel", "stack"),
        ("nested.py", "kernel", "inner"),
    ]
    # A kernel is compared with the functions and structs that it uses, wherever else its file has other things.
    more = "LIMIT = 3\n\n\n@wp.func\ndef unused(x: int):\n    return x + LIMIT\n"
    said = overlap([("same", PLAIN + "\n\n" + more), ("other", module(WORDS)), ("none", "x = 1")], found)
    assert said.near == {0.5: 1, 0.7: 1, 0.9: 1}
    assert (said.records, said.real) == (2, 3)
    best = said.nearest[0]
    assert (best.id, best.likeness, best.file, best.name) == ("same", 1.0, "examples/snow.py", "stack")
    assert 0.5 < overlap([("other", PLAIN.replace("* 9.81", "/ 9.81"))], found).nearest[0].likeness < 1
    assert not record_signatures("x = 1")
    with pytest.raises(UsageError, match="no kernels"):
        overlap([], [])


@pytest.mark.slow
def test_the_installed_warp_has_kernels():
    names = {(each.file, each.name) for each in real_kernels(warp_folder() / "examples")}
    assert len(names) > 100
