from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ir.extract import extract
from ir.generation import generate
from ir.normalise import drop_comments
from ir.records import Target, Unit
from synth.echoes import line_map, without_comments

KERNELS = Path(__file__).parent.parent / "ir" / "corpus"

SOURCE = """\
from typing import Any

import warp as wp


@wp.func
def scaled(a: Any):
    return a * 2.0


@wp.kernel
def kernel(
    x: wp.array(dtype=float),
):
    i = wp.tid()
    for k in range(n):
        if x[i] > 0.0:
            y[i] = scaled(
                x[k],
            )
"""

FORWARD = """\
// kernel.py:0
static float scaled_0(
    float var_a)
{
    //---------
    // forward
    // def scaled(a: Any):                                       <L 1>
    // return a * 2.0                                            <L 2>
    var_0 = wp::mul(var_a, var_1);
    return var_0;
}

struct wp_args_kernel {
    wp::array_t<wp::float32> x;
};

static void kernel_cpu_kernel_forward(
    wp::launch_bounds_t<1> dim)
{
    //---------
    // primal vars
    wp::int32 var_0;
    //---------
    // forward
    // def kernel(                                               <L 12>
    // i = wp.tid()                                              <L 15>
    var_0 = builtin_tid1d();
    // for k in range(n):                                        <L 16>
    start_for_0:;
        if (iter_cmp(var_1) == 0) goto end_for_0;
        // if x[i] > 0.0:                                        <L 17>
        var_3 = (var_2 > var_4);
        if (var_3) {
            // y[i] = scaled(                                    <L 18>
            // x[k],                                             <L 19>
            var_5 = scaled_0(var_6);
        }
        var_7 = wp::where(var_3, var_5, var_6);
        goto start_for_0;
    end_for_0:;
}
"""

REVERSE = """\
static void kernel_cpu_kernel_backward(
    wp::launch_bounds_t<1> dim)
{
    //---------
    // forward
    // i = wp.tid()                                              <L 15>
    var_0 = builtin_tid1d();
    // for k in range(n):                                        <L 16>
    var_1 = wp::range(var_9);
    //---------
    // reverse
    var_1 = wp::iter_reverse(var_1);
    start_for_0:;
        var_2 = wp::iter_next(var_1);
    \tadj_3 = {};
        // if x[i] > 0.0:                                        <L 17>
        var_3 = (var_2 > var_4);
        wp::adj_where(var_3, adj_5);
        if (var_3) {
            adj_scaled_0(var_6, adj_6);
            // adj: y[i] = scaled(                               <L 18>
        }
        // adj: if x[i] > 0.0:                                   <L 17>
    \tgoto start_for_0;
    end_for_0:;
    // adj: for k in range(n):                                   <L 16>
    // adj: i = wp.tid()                                         <L 15>
    return;
}
"""


def by_python_line(listing, source=SOURCE):
    """The generated lines, without their margins, of each Python line."""
    lines, found = listing.split("\n"), {}
    for first, last, python in line_map(source, listing):
        found.setdefault(python, []).extend(line.strip() for line in lines[first - 1 : last] if "<L " not in line)
    return found


def test_a_line_is_of_the_echo_before_it_that_is_not_deeper():
    assert by_python_line(FORWARD) == {
        7: [],
        8: ["var_0 = wp::mul(var_a, var_1);", "return var_0;"],
        12: [],
        15: ["var_0 = builtin_tid1d();"],
        16: ["start_for_0:;", "if (iter_cmp(var_1) == 0) goto end_for_0;", "end_for_0:;"],
        17: [
            "var_3 = (var_2 > var_4);",
            "if (var_3) {",
            "}",
            "var_7 = wp::where(var_3, var_5, var_6);",
            "goto start_for_0;",
        ],
        18: [],
        19: ["var_5 = scaled_0(var_6);"],
    }


def test_in_the_adjoint_it_is_of_the_echo_after_it_but_for_a_body_that_is_run_again():
    assert by_python_line(REVERSE) == {
        15: ["var_0 = builtin_tid1d();"],
        16: [
            "var_1 = wp::range(var_9);",
            "var_1 = wp::iter_reverse(var_1);",
            "start_for_0:;",
            "var_2 = wp::iter_next(var_1);",
            "adj_3 = {};",
            "goto start_for_0;",
            "end_for_0:;",
        ],
        17: ["var_3 = (var_2 > var_4);", "wp::adj_where(var_3, adj_5);", "if (var_3) {", "}"],
        18: ["adj_scaled_0(var_6, adj_6);"],
    }


def test_spans_are_in_order_disjoint_and_as_long_as_they_can_be():
    spans = line_map(SOURCE, FORWARD)
    assert spans[:3] == [(7, 7, 7), (8, 10, 8), (25, 25, 12)]
    for (_, last, python), (first, end, following) in pairwise(spans):
        assert last < first <= end
        assert (last + 1, python) != (first, following)


def test_a_line_of_another_source_is_of_no_line_of_this_one():
    # Functions of Warp's own modules echo lines of their own files.
    foreign = FORWARD.replace("return a * 2.0 ", "return wp.length(a) ").replace("def scaled(a: Any):", "def norm(v):")
    assert {7, 8}.isdisjoint(by_python_line(foreign))
    assert by_python_line(foreign)[15] == ["var_0 = builtin_tid1d();"]


def test_a_text_without_echoes_has_no_map():
    assert line_map(SOURCE, ".visible .entry kernel(\n)\n{\n}\n") == []
    assert line_map("", "") == []


PIECES = (
    *("x = 1;", "  y = f(x);", "}", "", "  ", "\t", "// adj: y = x    <L 3>", "    // y = x    <L 12>", "//---------"),
    *(
        "z = x / y; // a / b",
        'const char* s = "http://x/y"; // and',
        'printf("\\"//%d", x);',
        '"//" // "//"',
        "x = 1;  ",
    ),
)
"""Lines of code, of comments, of both, and of strings that look like comments."""


@st.composite
def listings(draw):
    """A listing, and spans of its lines as a line map has them: in order, disjoint, joined."""
    lines = draw(st.lists(st.sampled_from(PIECES), max_size=30))
    owners = draw(st.lists(st.integers(0, 3), min_size=len(lines), max_size=len(lines)))
    return "\n".join(lines), spans_of(owners)


def spans_of(owners):
    """Owners of lines from the first on, 0 for none, as spans."""
    spans = []
    for number, owner in enumerate(owners, start=1):
        if owner and spans and spans[-1][1:] == (number - 1, owner):
            spans[-1] = (spans[-1][0], number, owner)
        elif owner:
            spans.append((number, number, owner))
    return spans


def code_of(listing, spans):
    """The lines of code without comments, and of which Python line each is."""
    owner = {line: python for first, last, python in spans for line in range(first, last + 1)}
    lines = enumerate(drop_comments(listing).split("\n"), start=1)
    return [(line.rstrip(), owner.get(number, 0)) for number, line in lines if line.strip()]


def check_comments_go(listing, spans):
    """What is left is the code, each line of the same Python line as before, and that is all there is to take away."""
    bare, moved = without_comments(listing, spans)
    assert drop_comments(bare) == bare
    assert code_of(bare, moved) == code_of(listing, spans)
    length = len(bare.split("\n"))
    assert all(1 <= first <= last <= length for first, last, _ in moved)
    for (_, last, python), (first, _, following) in pairwise(moved):
        assert last < first
        assert (last + 1, python) != (first, following)
    assert not bare.startswith("\n")
    assert "\n\n\n" not in bare
    assert without_comments(bare, moved) == (bare, moved)


@given(listings())
@example(("// one    <L 1>\nx = 1;\n// two    <L 2>\n// three    <L 3>\ny = 2;", [(1, 2, 1), (3, 3, 2), (4, 5, 3)]))
@example(("x = 1;\n// pass    <L 2>\ny = 2;\n", [(1, 1, 1), (2, 2, 2), (3, 3, 1)]))
@example(("", []))
def test_without_comments_the_code_is_the_same_and_of_the_same_lines(case):
    check_comments_go(*case)


@pytest.mark.parametrize("listing", [FORWARD, REVERSE], ids=["forward", "reverse"])
def test_without_comments_a_line_is_of_the_same_python_line(listing):
    bare, spans = without_comments(listing, line_map(SOURCE, listing))
    check_comments_go(listing, line_map(SOURCE, listing))
    lines, found = bare.split("\n"), {}
    for first, last, python in spans:
        found.setdefault(python, []).extend(line.strip() for line in lines[first - 1 : last] if line)
    assert {python: code for python, code in found.items() if code} == {
        python: code for python, code in by_python_line(listing).items() if code
    }


def test_what_is_left_of_a_listing():
    bare, spans = without_comments(
        "// kernel.py:4\nvoid f()\n{\n    //---------\n    // forward\n    // x = 1    <L 1>\n    x = 1;\n"
        '    // s = "//"    <L 2>\n    s = "//"; // here\n}\n',
        [(6, 7, 1), (8, 9, 2)],
    )
    assert [line for line in bare.split("\n") if line] == ["void f()", "{", "    x = 1;", '    s = "//";', "}"]
    assert bare.endswith("}\n")
    lines = bare.split("\n")
    assert [(lines[last - 1].strip(), python) for _, last, python in spans] == [("x = 1;", 1), ('s = "//";', 2)]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("name", ["control", "functions", "gradients", "structs", "tiles"])
def test_of_what_warp_generates_only_comments_go(name, device):
    source = (KERNELS / f"{name}.py").read_text()
    listing = extract(generate(Unit(name, source), Target(device)).text)
    for text in (listing.forward, listing.backward):
        spans = line_map(source, text)
        assert spans
        check_comments_go(text, spans)
        bare, _ = without_comments(text, spans)
        assert "//" not in bare
        assert line_map(source, bare) == []
