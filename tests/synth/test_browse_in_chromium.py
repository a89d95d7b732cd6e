import base64
import json
import math
import zlib

import ml_dtypes
import numpy as np
import pytest
from browse_records import ABOUT, ANNOTATIONS, FORWARD, LEVELLED, TEXTS, lines, record, write
from chromium import BINARY, Chromium

from synth.browse.page import write_page
from synth.io import encode_array

ODD = np.array([0.1, -0.0, np.inf, -np.inf, np.nan, 1 / 3, 6e-8, 1.0])


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "browse.html"
    write(out)
    return out


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if BINARY is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        browser.size(1400, 900)
        yield browser


@pytest.fixture
def opened(browser, page):
    browser.events.clear()
    browser.send("Page.navigate", url="about:blank")
    browser.open(page)
    ready(browser)
    yield browser
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "about:"))] == []


def ready(browser, name="scale_0"):
    browser.wait("document.documentElement?.dataset.ready === 'true'")
    browser.wait(f"document.querySelector('#name').textContent === '{name}'")


def text_of(browser, selector):
    return browser.evaluate(f"document.querySelector({selector!r}).textContent")


def lit(browser, side):
    return browser.evaluate(f"[...document.querySelectorAll('#{side} .lit')].map((line) => Number(line.dataset.n))")


def shown_lines(browser):
    """The lines of the generated text, drawn or not."""
    return browser.evaluate(
        "[...element('generated').children].flatMap((block) => block.classList.contains('plain')"
        " ? block.textContent.split('\\n') : [...block.children].map((line) => line.textContent))"
    )


@pytest.fixture
def levelled(opened):
    """The record that has every level, at its first one."""
    opened.evaluate(f"location.hash = {LEVELLED['metadata']['id']!r}")
    opened.wait("document.querySelector('#name').textContent === 'scale_2'")
    opened.evaluate("chooseLevel('cpp_forward')")
    return opened


def test_the_first_kernel_is_shown_and_its_text_is_only_text(opened):
    assert text_of(opened, "#python") == record(0)["python_source"].rstrip("\n").replace("\n", "")
    assert "</script><b>β</b>" in text_of(opened, "#python")
    assert opened.evaluate("document.querySelectorAll('#python b, #description b').length") == 0
    assert text_of(opened, "#description") == "Scales x <0> times."
    assert text_of(opened, "#replay code") == "python -m synth replay 'my data' 0"
    assert "gradients not compared: no array of floats goes in" in text_of(opened, "#badges")


def test_searching_finds_words_in_names_descriptions_and_python(opened):
    opened.key("/")
    opened.type("SCALE_59 β")
    opened.wait("document.querySelector('#count').textContent === '5 of 600 kernels'")
    opened.key("Enter")
    opened.wait("document.querySelector('#name').textContent === 'scale_590'")
    opened.key("Escape")
    opened.key("j")
    opened.wait("document.querySelector('#name').textContent === 'scale_592'")


def test_filters_narrow_the_list(opened):
    opened.evaluate("element('category').selectedIndex = 1; element('category').dispatchEvent(new Event('change'))")
    assert text_of(opened, "#count") == "300 of 600 kernels"
    opened.evaluate("element('construct').focus()")
    opened.type("seventh")
    opened.key("Enter")
    assert text_of(opened, "#count") == "43 of 600 kernels"
    assert text_of(opened, "#chips") == "seventh"
    opened.evaluate("element('verdict').value = 'gradients'; element('verdict').dispatchEvent(new Event('change'))")
    assert text_of(opened, "#count") == f"{sum(1 for n in range(0, 600, 14) if n % 3)} of 600 kernels"
    opened.point("#chips button", click=True)
    assert text_of(opened, "#chips") == ""


def test_a_list_of_any_length_is_a_handful_of_rows(opened):
    assert opened.evaluate("document.querySelectorAll('.row').length") < 40
    assert opened.evaluate("element('list').scrollHeight") == 600 * 56
    opened.evaluate("element('list').scrollTop = 1e9")
    opened.wait("!!document.getElementById('row-599')")
    opened.point("#row-599", click=True)
    opened.wait("document.querySelector('#name').textContent === 'scale_599'")
    assert opened.evaluate("location.hash") == "#" + record(599)["metadata"]["id"]
    assert opened.evaluate("element('next').disabled")
    assert opened.evaluate("element('list').getAttribute('aria-activedescendant')") == "row-599"


def test_a_link_opens_its_kernel(opened, page):
    opened.send("Page.navigate", url="about:blank")
    opened.open(page, record(451)["metadata"]["id"])
    ready(opened, "scale_451")
    opened.evaluate(f"location.hash = {record(3)['metadata']['id']!r}")
    opened.wait("document.querySelector('#name').textContent === 'scale_3'")


def test_a_part_that_is_still_being_read_is_waited_for(opened):
    whole = base64.b64encode(zlib.compress(b"all of it")).decode()
    assert (
        opened.evaluate(
            "(async () => {"
            "const soon = () => new Promise((done) => setTimeout(done, 80));"
            "Object.defineProperty(document, 'readyState', { get: () => 'loading' });"
            "const text = unpacked('late');"
            "await soon();"
            f"const late = make('script', {{ type: 'text/plain', id: 'late', textContent: {whole[:9]!r} }});"
            "document.body.append(late);"
            "await soon();"
            f"late.textContent += {whole[9:]!r};"
            "document.body.append('\\n');"
            "return text; })()"
        )
        == "all of it"
    )


def test_a_page_that_is_not_whole_says_so_and_shows_what_it_has(opened, page, tmp_path):
    text = page.read_bytes()
    last = text.rindex(b'<script type="text/plain"')
    for name, end, said in [("in.html", last + 900, "could not be opened"), ("before.html", last, "is not whole")]:
        (tmp_path / name).write_bytes(text[:end])
        opened.open(tmp_path / name)
        ready(opened)
        opened.evaluate(f"location.hash = {record(599)['metadata']['id']!r}")
        opened.wait("document.querySelector('#name').textContent === 'scale_599'")
        assert said in text_of(opened, "#description")
        assert (text_of(opened, "#python"), text_of(opened, "#generated"), text_of(opened, "#runs")) == ("", "", "")
        opened.key("k")
        opened.key("k")
        opened.evaluate(f"location.hash = {record(1)['metadata']['id']!r}")
        opened.wait("document.querySelector('#name').textContent === 'scale_1'")
        assert "Scales" in text_of(opened, "#description")
        assert "wp.dot" in text_of(opened, "#python")


def test_hovering_a_line_lights_its_counterparts(opened):
    opened.point("#python .l[data-n='8']")
    opened.wait("document.querySelectorAll('#generated .lit').length > 0")
    assert (lit(opened, "python"), lit(opened, "generated")) == ([8], [7, 8, 9])
    opened.point("#python .l[data-n='10']")  # the statement goes on here
    opened.wait("document.querySelectorAll('#python .lit').length === 2")
    assert (lit(opened, "python"), lit(opened, "generated")) == ([8, 10], [7, 8, 9])
    opened.point("#generated .l[data-n='6']")
    opened.wait("document.querySelector('#python .lit').dataset.n === '7'")
    assert (lit(opened, "python"), lit(opened, "generated")) == ([7], [5, 6])
    opened.point("#name")
    opened.wait("document.querySelectorAll('.lit').length === 0")


def test_every_level_has_a_tab_and_what_is_lit_comes_into_sight(levelled):
    tabs = levelled.evaluate("[...document.querySelectorAll('#tabs button')].map((tab) => tab.textContent)")
    assert tabs == ["C++", "C++ adjoint", "CUDA", "CUDA adjoint", "PTX", "SASS", "LLVM", "x86"]
    for number, text in enumerate([FORWARD, *TEXTS.values()]):
        assert text_of(levelled, "#tabs [aria-selected=true]") == tabs[number]
        assert shown_lines(levelled) == text.removesuffix("\n").split("\n")
        note = "" if number < 4 else "not mapped to lines of Python"
        assert text_of(levelled, "#generated-note") == note
        assert levelled.evaluate("document.querySelectorAll('.mapped').length > 0") == (number < 4)
        levelled.key("]")
    levelled.key("]")
    levelled.point("#python .l[data-n='7']")
    levelled.wait("document.querySelectorAll('#generated .lit').length > 0")
    assert lit(levelled, "generated") == [406, 407]
    assert levelled.evaluate(
        "(() => { const box = document.querySelector('#generated .lit').getBoundingClientRect();"
        "const pane = document.querySelector('#panel').getBoundingClientRect();"
        "return box.top >= pane.top && box.bottom <= pane.bottom; })()"
    )
    levelled.key("]")
    levelled.evaluate("panes.python.scroll.focus()")
    for _ in range(8):
        levelled.key("ArrowDown")
    assert lit(levelled, "generated") == [7, 8, 9]


@pytest.mark.parametrize("width", [500, 700, 1000, 1250, 1600])
def test_what_belongs_to_a_pane_is_in_it(levelled, width):
    levelled.size(width, 900)
    for key in ("cpp_forward", "cuda_backward", "assembly"):
        levelled.evaluate(f"chooseLevel({key!r})")
        outside = levelled.evaluate(
            "[...document.querySelectorAll('.pane')].flatMap((pane) => { const box = pane.getBoundingClientRect();"
            "return [...pane.querySelectorAll('header > *, footer > *, .tabs [aria-selected=true]')].filter((part) => {"
            "const { left, right, width } = part.getBoundingClientRect();"
            "return width && (left < box.left || right > box.right); }).map((part) => part.outerHTML); })"
        )
        assert outside == []
    levelled.size(1400, 900)


def test_what_is_kept_lit_is_lit_at_every_level(levelled):
    levelled.point("#generated .l[data-n='6']", click=True)
    assert (lit(levelled, "python"), lit(levelled, "generated")) == ([7], [5, 6])
    levelled.key("]")
    assert (lit(levelled, "python"), lit(levelled, "generated")) == ([7], [406, 407])
    levelled.evaluate("chooseLevel('sass')")
    assert (lit(levelled, "python"), lit(levelled, "generated")) == ([], [])
    levelled.evaluate("chooseLevel('cuda_forward')")
    assert (lit(levelled, "python"), lit(levelled, "generated")) == ([7], [5, 6])
    levelled.point("#name")
    levelled.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert lit(levelled, "python") == [7]
    levelled.key("Escape")
    assert lit(levelled, "python") == []


SPELLED = {"k": "keyword", "r": "register", "t": "type", "f": "name", "n": "number", "c": "comment", "s": "string"}


@pytest.mark.parametrize(
    ("language", "text", "keyword", "others"),
    [
        ("assembly", "    IMAD.MOV.U32 R29, RZ, RZ, RZ;", ["IMAD.MOV.U32"], {"register": ["R29", "RZ", "RZ", "RZ"]}),
        (
            "assembly",
            "    @!P0 BRA P1, `(.L12);\n.L12:",
            ["BRA"],
            {"register": ["P0", "P1"], "name": [".L12", ".L12"]},
        ),
        (
            "assembly",
            "    LDG.E.64 R4, desc[UR48][R8.64+0x8];",
            ["LDG.E.64"],
            {"register": ["R4", "UR48", "R8"], "number": ["0x8"]},
        ),
        (
            "assembly",
            '    LDL R0, [R1+0x570] (*"SpillRefill"*);',
            ["LDL"],
            {"register": ["R0", "R1"], "number": ["0x570"], "comment": ['(*"SpillRefill"*)']},
        ),
        (
            "assembly",
            "    DSETP.GTU.AND P0, PT, |R12|, +INF , PT;",
            ["DSETP.GTU.AND"],
            {"register": ["P0", "PT", "R12", "PT"], "number": ["+INF"]},
        ),
        ("assembly", "    S2R R2, SR_TID.X;\n    EXIT;", ["S2R", "EXIT"], {"register": ["R2", "SR_TID.X"]}),
        (
            "assembly",
            "$__internal_1_$__cuda_sm20_div_u64:\n    CALL.REL.NOINC `($__internal_1_$__cuda_sm20_div_u64);",
            ["CALL.REL.NOINC"],
            {"name": 2 * ["$__internal_1_$__cuda_sm20_div_u64"]},
        ),
        (
            "assembly",
            "    vmovss xmm2, dword ptr [rsi + rcx*4 - 0x40]\n    jne .L2",
            ["vmovss", "jne"],
            {"register": ["xmm2", "rsi", "rcx"], "type": ["dword ptr"], "number": ["4", "0x40"], "name": [".L2"]},
        ),
        ("assembly", "    lock cmpxchg byte ptr [rax], r14b", ["lock", "cmpxchg"], {"register": ["rax", "r14b"]}),
        (
            "llvm",
            "  %0 = load float, ptr %x.i, align 8, !tbaa !6 ; here",
            ["load"],
            {"register": ["%0", "%x.i"], "type": ["float", "ptr"], "comment": ["!tbaa", "!6", "; here"]},
        ),
        (
            "llvm",
            'define void @f(ptr noundef %"class.wp::a") #0 {\nentry:\n  %y = tail call i32 @llvm.smax.i32(i32 -1)',
            ["define", "tail", "call"],
            {"name": ["@f", "entry", "@llvm.smax.i32"], "register": ['%"class.wp::a"', "%y"], "number": ["1"]},
        ),
        (
            "llvm",
            '@s = private constant [2 x i8] c"%d\\00"\n!1 = !{!"a; b", i1 true, float 0x3FF0000000000000}',
            ["private"],
            {
                "name": ["@s"],
                "string": ['c"%d\\00"', '!"a; b"'],
                "number": ["2", "true", "0x3FF0000000000000"],
                "comment": ["!1"],
            },
        ),
        (
            "ptx",
            "$L__BB0_3:\n\t@%p1 bra \t$L__BB0_3;\n\tmov.f32 \t%f1, 0f3F800000;\n\tret;",
            ["bra", "mov.f32", "ret"],
            {"register": ["%p1", "%f1"], "name": ["$L__BB0_3", "$L__BB0_3"], "number": ["0f3F800000"]},
        ),
        ("ptx", ".visible .entry scale(\n\t.param .u64 x_0[3]", [], {"name": ["scale"], "number": ["3"]}),
        (
            "cpp",
            'extern "C" __global__ void f(wp::vec_t<3, float> adj_x) { // y = x    <L 3>',
            ["extern", "__global__"],
            {"string": ['"C"'], "type": ["void", "vec_t", "float"], "name": ["f"], "number": ["3"]},
        ),
        ("python", "def f(x: wp.vec3): # so\n    return 'a' + .5", ["def", "return"], {"number": [".5"]}),
    ],
)
def test_words_have_the_colours_of_what_they_are(opened, language, text, keyword, others):
    html = opened.evaluate(f"highlight({json.dumps(text)}, {language!r}).lines")
    assert len(html) == text.count("\n") + 1
    opened.evaluate("window.probe = document.createElement('div')")
    opened.evaluate(f"probe.innerHTML = {json.dumps(chr(10).join(html))}")
    assert opened.evaluate("probe.textContent") == text
    found = {}
    for name, word in opened.evaluate("[...probe.children].map((part) => [part.className.slice(2), part.textContent])"):
        found.setdefault(SPELLED.get(name, name), []).append(word)
    assert found.get("keyword", []) == keyword
    assert {kind: found.get(kind) for kind in others} == others


def large(number):
    """A record whose machine code has so many lines: two functions, and a branch at the end."""
    half = "    IMAD.MOV.U32 R29, RZ, RZ, RZ;\n" * (number // 2 - 1)
    return record(0, sass=f"first:\n{half}second:\n{half}", line_map={})


def test_a_text_of_any_length_is_drawn_where_it_is_looked_at(opened, tmp_path):
    whole = large(30_000)
    write_page(tmp_path / "page.html", ABOUT, lines([whole]))
    opened.open(tmp_path / "page.html")
    ready(opened)
    opened.evaluate("chooseLevel('sass')")
    drawn = "document.querySelectorAll('#generated .l').length"
    assert 0 < opened.evaluate(drawn) <= 300
    assert opened.evaluate("element('generated').scrollHeight") == 6 + 24 + 20 * 30_000
    assert text_of(opened, "#generated-size").startswith("30,000 lines · ")
    # What is not drawn is there to be found and copied.
    assert opened.evaluate(
        "[...element('generated').children].map((block) => [...block.querySelectorAll('.l')]"
        ".map((line) => line.textContent).join('\\n') || block.textContent).join('\\n')"
    ) == whole["sass"].removesuffix("\n")
    opened.evaluate("panes.generated.scroll.scrollTop = 1e9")
    opened.wait("!!document.querySelector(\"#generated .l[data-n='30000']\")")
    last = opened.evaluate("document.querySelector(\"#generated .l[data-n='30000']\").textContent")
    assert last == "    IMAD.MOV.U32 R29, RZ, RZ, RZ;"
    assert opened.evaluate(drawn) <= 600
    places = "[...element('places').options].map((place) => place.textContent)"
    assert opened.evaluate(places) == ["2 functions", "first : 1", "second : 15001"]
    opened.evaluate("element('places').value = '15001'; element('places').dispatchEvent(new Event('change'))")
    assert opened.evaluate("document.querySelector('#generated .at').textContent") == "second:"
    assert opened.evaluate(
        "document.querySelector('#generated .at').getBoundingClientRect().top"
        " - element('panel').getBoundingClientRect().top"
    ) in range(8)
    opened.key("ArrowDown")
    assert opened.evaluate("document.querySelector('#generated .at').dataset.n") == "15002"


@pytest.mark.parametrize(
    ("key", "text", "names"),
    [
        (
            "cpp_forward",
            "static wp::vec3 g_0(\n    int a)\n{\n}\nvoid k(\n    x)\n{\n    f(\n}\n",
            ["g_0", "k"],
        ),
        ("ptx", ".func (.param .b32 r) g(\n)\n{\n}\n.visible .entry k(\n)\n{\n}\n", ["g", "k"]),
        ("sass", "$g$h:\n.L0:\n    RET;\nk:\n    EXIT;\n", ["$g$h", "k"]),
        ("assembly", "g:\n    ret\n.L0:\nk:\n    ret\n", ["g", "k"]),
        (
            "llvm_ir",
            'define internal void @g() #0 {\n}\ndeclare void @h()\ndefine void @"k l"(ptr %x) {\n}\n',
            ["g", "k l"],
        ),
    ],
)
def test_the_functions_of_a_text_can_be_gone_to(opened, tmp_path, key, text, names):
    write_page(tmp_path / "page.html", ABOUT, lines([record(0, **{key: text}, line_map={})]))
    opened.open(tmp_path / "page.html")
    ready(opened)
    opened.evaluate(f"chooseLevel({key!r})")
    places = opened.evaluate("[...element('places').options].map((place) => place.textContent)")
    assert [place.rpartition(" : ")[0] for place in places[1:]] == names
    assert not opened.evaluate("element('places').hidden")


def cost_tables(browser):
    """The tables of costs by their titles, as lists of rows."""
    return dict(
        browser.evaluate(
            "[...document.querySelectorAll('#costs > section')].map((part) => [part.querySelector('h4').textContent,"
            " [...part.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.textContent))])"
        )
    )


def test_what_a_kernel_costs_is_in_tables(levelled):
    assert cost_tables(levelled) == {
        "Operations of a thread": [["flops", "17"], ["special functions", "0"], ["uncounted", "2"]],
        "Memory that it moves": [["", "times", "bytes"], ["loads", "1,234", "52"]],
        "Instructions": [["", "forward", "backward"], ["PTX", "2", "3"], ["x86", "4", "–"], ["code bytes", "2,132"]],
        "A thread on the GPU": [["", "forward", "backward"], ["registers", "36", "49"], ["stack bytes", "0", "0"]],
        "Time on one CPU core": [["ns per thread", "27.78"], ["spread", "4.1 %"], ["threads", "1,024"], ["runs", "15"]],
    }
    titles = levelled.evaluate("[...document.querySelectorAll('#costs tbody th')].map((head) => head.title)")
    assert len(titles) == sum(len(rows) - (not rows[0][0]) for rows in cost_tables(levelled).values())
    assert all(titles)
    levelled.key("k")
    levelled.wait("document.querySelector('#name').textContent === 'scale_1'")
    assert cost_tables(levelled)["Time on one CPU core"] == [
        ["not measured: it was not run, or its outputs do not agree"]
    ]


@pytest.mark.parametrize(
    ("annotations", "titles", "fact"),
    [
        ({}, [], ""),
        ({"static": {}, "later": {"a_b": [1, {"c": None}]}}, ["Operations of a thread"], "latera b (1, c none)"),
        ({"time": {**ANNOTATIONS["time"], "ns_per_thread": 0.0}}, ["Time on one CPU core"], ""),
    ],
)
def test_figures_of_another_version_are_shown_as_far_as_they_are_known(opened, tmp_path, annotations, titles, fact):
    write_page(tmp_path / "page.html", ABOUT, lines([record(0, annotations=annotations)]))
    opened.open(tmp_path / "page.html")
    ready(opened)
    assert [title for title in cost_tables(opened) if title in titles] == titles
    assert opened.evaluate("element('cost').hidden") == (not titles)
    assert fact in text_of(opened, "#facts")
    if "time" in annotations:
        assert cost_tables(opened)["Time on one CPU core"][0] == ["ns per thread", "≈ 0"]


def test_copying(opened):
    opened.send("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    for selector, expected in [
        ("[data-copy=python]", record(0)["python_source"]),
        ("[data-copy=generated]", FORWARD),
        ("#replay button", "python -m synth replay 'my data' 0"),
        ("#copy-link", opened.evaluate("location.href.split('#')[0]") + "#" + record(0)["metadata"]["id"]),
        ("#copy-record", None),
    ]:
        opened.evaluate("document.querySelector('#toast').textContent = ''")
        opened.evaluate(f"document.querySelector({selector!r}).click()")
        opened.wait("document.querySelector('#toast').textContent !== ''")
        copied = opened.evaluate("navigator.clipboard.readText()")
        assert copied == expected if expected else json.loads(copied) == record(0)


def test_inputs_and_outputs_are_shown_as_numbers(opened):
    rows = "[...document.querySelectorAll('#runs tbody tr')]"
    assert opened.evaluate(f"{rows}.map((row) => [...row.children].map((cell) => cell.textContent))") == [
        ["x", "float32 [3]", "[0.0, 0.5, 1.0]", "–"],
        ["y", "float32 [3]", "[0.0, 0.5, 1.0]", "[0.0, 1.0, 2.0]"],
    ]


@pytest.mark.parametrize(
    "dtype",
    [np.float16, ml_dtypes.bfloat16, np.float32, np.float64, np.bool_]
    + [np.dtype(f"{sign}int{8 * size}").type for sign in ("", "u") for size in (1, 2, 4, 8)],
)
def test_every_dtype_is_read_to_the_bit(opened, dtype):
    random = np.random.default_rng(0)
    if dtype is np.bool_:
        array = np.array([True, False, True])
    else:
        array = np.frombuffer(random.bytes(64 * np.dtype(dtype).itemsize), dtype)
        if np.dtype(dtype).kind not in "iu":
            array = np.concatenate([array, ODD.astype(dtype), (2.0 ** np.arange(-8, 8)).astype(dtype)])
    shown = opened.evaluate(f"elements({json.dumps(encode_array(array))})")
    if np.dtype(dtype).kind in "iub":
        assert shown == [str(value) for value in array.tolist()]
        return
    for text, value in zip(shown, array, strict=True):
        assert math.isnan(value) if text == "nan" else dtype(text).tobytes() == value.tobytes(), text
    assert max(map(len, opened.evaluate(f"elements({json.dumps(encode_array(ODD.astype(dtype)))})"))) <= 21
    assert shown[64] == "0.1"


def test_values_are_nested_as_their_shape_says(opened):
    array = encode_array(np.arange(12, dtype=np.int32).reshape(2, 3, 2))
    assert opened.evaluate(f"nested(elements({json.dumps(array)}), [2, 3, 2])") == (
        "[[[ 0,  1],\n  [ 2,  3],\n  [ 4,  5]],\n [[ 6,  7],\n  [ 8,  9],\n  [10, 11]]]"
    )
    assert opened.evaluate(f"nested(elements({json.dumps(array)}, 3), [2, 3, 2])") == "[[[0, 1],\n  [2, …],\n  …],\n …]"
    value = {"kind": "mesh", "data": {"points": array, "note": None, "inner": {"indices": array}}}
    assert opened.evaluate(f"flattened('mesh', {json.dumps(value)}).map(([path]) => path)") == [
        *("mesh", "mesh.points", "mesh.inner.indices")
    ]


def test_nothing_moves_while_the_page_opens(opened, page):
    opened.send("Page.navigate", url="about:blank")
    source = (
        "window.shifts = [];"
        "new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    script = opened.send("Page.addScriptToEvaluateOnNewDocument", source=source)["identifier"]
    opened.open(page)
    ready(opened)
    opened.key("j")
    opened.wait("document.querySelector('#name').textContent === 'scale_1'")
    opened.evaluate("new Promise((done) => setTimeout(done, 200))")
    opened.send("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    assert sum(opened.evaluate("shifts")) < 0.01


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_reader_s_scheme(opened, scheme, dark):
    opened.scheme(scheme)
    paper, ink = opened.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        ".map((colour) => colour.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0))"
    )
    assert (paper < ink) == dark
    assert abs(paper - ink) > 450
