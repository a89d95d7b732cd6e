"""What clusters keep on disk: it says the same as a list in memory, and a later process trusts only what is proved."""

import os
import random
import shutil
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.dedup import Seen
from synth.errors import UsageError
from synth.near import runs
from synth.near.clusters import THRESHOLD, Clusters, Entry, Neighbour, Placed
from synth.near.places import ROW, DamagedError
from synth.near.runs import Runs
from synth.near.signatures import SLOTS, Signatures, slots_for
from synth.near.splits import NONE, Fractions, split_of

THIRDS = Fractions(0.4, 0.3, 0.3)
LEAST = slots_for(THRESHOLD)
NOTHING = np.empty(0, dtype=np.uint32)


class Model:
    """What `Clusters` does, as a list that is looked through from the beginning."""

    def __init__(self):
        self.placed = {}

    def place(self, entry):
        if entry.id in self.placed:
            raise UsageError("twice")
        found = []
        for other, _ in self.placed.values():
            python, ir = (
                0 if left is None or right is None else int(np.count_nonzero(left == right))
                for left, right in zip(entry.signatures.views, other.signatures.views, strict=True)
            )
            if max(python, ir) >= LEAST:
                found.append((python + ir, Neighbour(other.id, max(python, ir) / SLOTS)))
        near = tuple(neighbour for _, neighbour in sorted(found, key=lambda each: -each[0]))
        kin = [self.placed[neighbour.id][1] for neighbour in near]
        if entry.twin_of is not None:
            if entry.twin_of not in self.placed:
                raise UsageError("no original")
            kin.insert(0, self.placed[entry.twin_of][1])
        cluster_id = kin[0].cluster_id if kin else entry.id
        split = split_of(cluster_id, THIRDS)
        if any(other.split not in {split, NONE} for other in kin) or (entry.twin_of and kin[0].split == NONE):
            split = NONE
        placed = Placed(entry.id, cluster_id, split, near)
        self.placed[entry.id] = entry, placed
        return placed


def changed(signature, slots, draw):
    """A signature that differs in so many slots, anywhere."""
    other = signature.copy()
    other[draw.sample(range(SLOTS), slots)] = [draw.randrange(2**32) for _ in range(slots)]
    return other


@st.composite
def sequences(draw):
    """Records of a few families, many of them near the threshold, some with one view, some twins, some impossible."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    views = [np.array([chance.randrange(2**32) for _ in range(SLOTS)], dtype=np.uint32) for _ in range(6)]
    entries = []
    for number in range(draw(st.integers(1, 40))):
        parts = []
        for _ in range(2):
            slots = chance.choice((0, 1, 20, SLOTS - LEAST, SLOTS - LEAST + 1, 60, SLOTS))
            views.append(changed(chance.choice(views), slots, chance))
            parts.append(None if chance.random() < 0.1 else views[-1])
        name = f"r{number if chance.random() < 0.95 else number // 2}"
        twin = f"r{chance.randrange(number + 1)}" if chance.random() < 0.15 else None
        entries.append(Entry(name, Signatures(*parts), twin))
    return entries


def outcome(place, entry):
    try:
        return place(entry)
    except UsageError:
        return UsageError


@settings(max_examples=60, deadline=None)
@given(entries=sequences(), cut=st.floats(0, 1), recent=st.sampled_from([50, 85, 400, 10**6]))
def test_records_are_placed_as_a_list_in_memory_has_it(tmp_path_factory, entries, cut, recent):
    folder = tmp_path_factory.mktemp("clusters")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "RECENT", recent)
        patch.setattr(runs, "GROWTH", 2)
        patch.setattr(runs, "BLOCK", 16)
        patch.setattr(runs, "CHUNK", 64)
        model = Model()
        expected = [outcome(model.place, entry) for entry in entries]
        with Clusters(folder, 0, THIRDS) as clusters:
            assert [outcome(clusters.place, entry) for entry in entries] == expected
            assert len(clusters) == len(model.placed)
        # A later process goes on after any of them, whatever came after it.
        start = round(cut * len(entries))
        count = sum(placed is not UsageError for placed in expected[:start])
        with Clusters(folder, count, THIRDS) as clusters:
            assert [outcome(clusters.place, entry) for entry in entries[start:]] == expected[start:]
        assert [path.name for path in folder.iterdir()] == ["places"]


@settings(max_examples=60, deadline=None)
@given(
    added=st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 50)), min_size=1, max_size=40), max_size=30),
    block=st.sampled_from([1, 2, 7, 64]),
    chunk=st.sampled_from([1, 8, 1000]),
)
def test_runs_are_a_dictionary(tmp_path_factory, added, block, chunk):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"BLOCK": block, "CHUNK": chunk, "RECENT": 20, "GROWTH": 2}.items():
            patch.setattr(runs, name, value)
        known = defaultdict(list)
        # Both ends of the range and what is in between, in order.
        keys = np.array([0, 1, *(2**27 * n for n in range(1, 31)), 2**32 - 1], dtype=np.uint32)
        with Runs(tmp_path_factory.mktemp("runs")) as found:
            for some in added:
                for key, number in some:
                    known[int(keys[key])].append(number)
                found.add(np.array([int(keys[key]) << 32 | number for key, number in some], dtype=np.uint64))
                places, numbers = found.find(keys)
                for place, key in enumerate(keys.tolist()):
                    assert sorted(numbers[places == place].tolist()) == sorted(known[key])
            lengths = [len(run) for run in found._levels if run is not None]
            assert sum(lengths) <= sum(map(len, added)) < sum(lengths) + 20
            assert all(length <= 20 * 2 ** (level + 1) for level, length in enumerate(lengths[:-1]))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Forty records of which each is near to the one before, as a process left them."""
    folder, draw = tmp_path_factory.mktemp("written"), random.Random(5)
    signatures = [np.array([draw.randrange(2**32) for _ in range(SLOTS)], dtype=np.uint32)]
    while len(signatures) < 40:
        signatures.append(changed(signatures[-1], 20, draw))
    entries = [Entry(f"cpu-{number:016x}", Signatures(each, None)) for number, each in enumerate(signatures)]
    with Clusters(folder, 0, THIRDS) as clusters:
        placed = [clusters.place(entry) for entry in entries]
    assert all(later.neighbours[0].id == earlier.id for earlier, later in pairwise(placed))
    return folder, entries, placed


def test_what_lies_beyond_the_count_is_never_trusted(tmp_path, written):
    folder, entries, placed = written
    for count in (0, 1, 25, 40):
        copy = shutil.copytree(folder, tmp_path / str(count))
        with (copy / "places").open("r+b") as file:
            file.seek(count * ROW.itemsize)
            file.write(os.urandom(2 * ROW.itemsize + 7))
        with Clusters(copy, count, THIRDS) as clusters:
            assert [clusters.place(entry) for entry in entries[count:]] == placed[count:]
        assert (copy / "places").read_bytes() == (folder / "places").read_bytes()


def test_a_file_that_ends_too_early_is_refused(tmp_path, written):
    folder, entries, placed = written
    for size in (0, 1, 20 * ROW.itemsize - 1):
        copy = shutil.copytree(folder, tmp_path / str(size))
        os.truncate(copy / "places", size)
        with pytest.raises(DamagedError, match="rows, not 20"):
            Clusters(copy, 20, THIRDS)
        # From nothing it can be made again.
        with Clusters(copy, 0, THIRDS) as clusters:
            assert [clusters.place(entry) for entry in entries] == placed
    with pytest.raises(DamagedError, match="0 rows, not 1"):
        Clusters(tmp_path / "nowhere", 1, THIRDS)


def test_a_byte_that_changed_is_noticed(tmp_path, written):
    folder, *_ = written
    content = (folder / "places").read_bytes()
    chance = random.Random(1)
    fields = [place for _, place in ROW.fields.values()]
    for place in [*fields, ROW.itemsize - 1, *chance.sample(range(len(content)), 20)]:
        bad = bytearray(content)
        bad[place] ^= 1 << chance.randrange(8)
        (tmp_path / "places").write_bytes(bad)
        with pytest.raises(DamagedError, match=f"row {place // ROW.itemsize} is not as it was written"):
            Clusters(tmp_path, 40, THIRDS)


def test_rows_that_never_reached_the_disk_or_changed_places_are_noticed(tmp_path, written):
    content, width = (written[0] / "places").read_bytes(), ROW.itemsize
    swapped = content[width : 2 * width] + content[:width] + content[2 * width :]
    for bad in (bytes(len(content)), content[: 30 * width] + bytes(10 * width), swapped):
        (tmp_path / "places").write_bytes(bad)
        with pytest.raises(DamagedError):
            Clusters(tmp_path, 40, THIRDS)


def test_an_id_that_is_too_long_for_its_row_is_refused(tmp_path):
    with Clusters(tmp_path) as clusters:
        with pytest.raises(UsageError, match="32 bytes"):
            clusters.place(Entry("x" * 33, Signatures(None, None)))
        assert clusters.place(Entry("x" * 32, Signatures(None, None))).cluster_id == "x" * 32


@settings(max_examples=15, deadline=None)
@given(bits=st.lists(st.integers(0, 2**80 - 1) | st.sampled_from([0, 1, 2**64 - 1, 2**64, 2**80 - 1])))
def test_digests_are_remembered_by_their_first_eighty_bits(bits):
    seen, known = Seen("ir"), set()
    for each in [*bits, *bits]:
        # What comes after these bits does not count, and neither does the other digest.
        assert seen.is_new(f"{each:020x}{random.randrange(2**64):016x}", "") == (each not in known)
        known.add(each)
        assert len(seen) == len(known)
