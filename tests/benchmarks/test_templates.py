import pytest

from benchmarks import baseline
from benchmarks.baseline import BLOCKS, LEVELS, Made
from benchmarks.templates import TEMPLATES, sample
from ir.compiler import Compiler
from ir.records import Built, Target


def test_there_are_eleven_which_compile_and_differ(tmp_path):
    assert len(TEMPLATES) == 11
    built = Compiler(Target("cpu"), tmp_path).build([sample(number) for number in range(11)])
    assert all(isinstance(each, Built) for each in built), built
    assert len({each.structure_digest for each in built}) == 11


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_samples_of_one_template_differ_in_constants_only(device):
    target, made = Target(device), Made()
    for number in range(3 * 11):
        made.add(sample, number, target)
    assert made.unique() == {"structure": 11, "ir": 33}


def test_rates_are_of_blocks_of_equal_size():
    made = Made(seconds=[0.5] * 2 * BLOCKS + [0.25] * 2 * BLOCKS)
    assert made.rates() == (2.0,) * (BLOCKS // 2) + (4.0,) * (BLOCKS // 2)


def test_figures_compare_what_is_unique_for_a_second():
    naive = Made([0.1] * 16, {"structure": {"a"}, "ir": set("ab")})
    drawn = Made([1.0] * 8, {level: set("abcdefgh") for level in LEVELS})
    unique = {8: {"structure": 1, "ir": 2}, 16: {"structure": 1, "ir": 2}}
    found = {each.name: each for each in baseline.figures_of(naive, drawn, unique, 0.5)}
    name = f"{baseline.TABLE}: ours / templates, unique by {{}}, 16 samples, {{}}"
    # One of 16 in 1.6 s against one a second.
    assert found[name.format("structure", baseline.DRAWN)].median == pytest.approx(1.6)
    assert found[name.format("structure", baseline.WHOLE)].median == pytest.approx(0.8)
    assert found[name.format("ir", baseline.DRAWN)].median == pytest.approx(0.8)
    assert found[f"{baseline.TABLE}: unique by structure, of 8, {baseline.NAIVE}"].values == (1,)
    assert name.format("ir", baseline.WHOLE) not in found
