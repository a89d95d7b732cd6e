import msgspec
import pytest

from benchmarks.figures import Figure, number, ratios, shown, tables


def test_a_figure_is_its_median_and_its_spread():
    assert shown(Figure("t", "r", "c", (3.0, 1.0, 2.0))) == "2.00 (1.00–3.00)"
    assert shown(Figure("t", "r", "c", (1.25,))) == "1.25"
    assert Figure("t", "r", "c", (4.0, 1.0)).median == 2.5
    with pytest.raises(ValueError, match="never measured"):
        Figure("t", "r", "c", ())


def test_ratios_are_of_one_repetition_each():
    assert ratios([3.0, 30.0], [2.0, 20.0]) == (1.5, 1.5)
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0123456, "0.0123"),
        (1.0, "1.00"),
        (12.345, "12.3"),
        (99.99, "100"),
        (1234.5, "1,234"),
        (0, "0.00"),
        (-2.5, "-2.50"),
    ],
)
def test_numbers_have_three_digits_that_count(value, text):
    assert number(value) == text


def test_a_table_has_a_cell_for_each_row_and_column_and_gaps_for_what_is_not_there():
    figures = [
        Figure("one", "long row", "c1", (1.0,)),
        Figure("two", "r", "c1", (5.0,)),
        Figure("one", "r", "c2", (2.0,)),
    ]
    assert tables(figures) == ("one         c1    c2\nlong row  1.00\nr               2.00\n\ntwo    c1\nr    5.00")


def test_a_figure_survives_json():
    figure = Figure("t", "r", "c", (1.0, 0.1 + 0.2), main=True)
    assert msgspec.json.decode(msgspec.json.encode(figure), type=Figure) == figure
