"""Records of the page's tests, written by hand: one with every level, each with text that could be HTML."""

import json

import numpy as np

from synth.browse.page import write_page
from synth.browse.source import About
from synth.dataset import Line
from synth.echoes import line_map
from synth.io import encode_array
from synth.levels import GENERATED
from synth.levels import TEXTS as ALL_TEXTS

ABOUT = About("a <b> & c", ("3 kernels", "seed 0"), "python -m synth replay 'my data' {index}", "", ALL_TEXTS)
PYTHON = '''import warp as wp


@wp.kernel
def scale_{index}(x: wp.array(dtype=float), y: wp.array(dtype=float)):
    """</script><b>{note}</b>"""
    i = wp.tid()
    y[i] = wp.dot(
        x[i],
        wp.vec3(1.0),
    )
'''
FORWARD = """\
void scale()
{
    //---------
    // forward
    // i = wp.tid()                  <L 7>
    var_0 = builtin_tid1d();
    // y[i] = wp.dot(                <L 8>
    var_1 = wp::dot(var_2, var_3);
    wp::array_store(var_y, var_0, var_1);
}
"""
TEXTS = {
    "cpp_backward": "// adjoint\n" + 400 * "\n" + FORWARD,
    "cuda_forward": FORWARD.replace("void", 'extern "C" __global__ void'),
    "cuda_backward": "/* two\nlines */\n" + FORWARD,
    "ptx": ".visible .entry scale(\n)\n{\n\t.reg .f32 %f<3>;\n\tld.param.u64 %rd1, [x]; // load\n\tret;\n}\n",
    "sass": "scale_forward:\n    MOV R1, c[0x0][0x28];\n.L0:\n    @!P0 BRA `(.L0);\n",
    "llvm_ir": "define void @scale(ptr %x) {\n  %y = fadd float %x, 1.0\n  ret void\n}\n",
    "assembly": "scale_forward:\n    vmovss xmm0, dword ptr [rdi]\n.L1:\n    jmp .L1\n",
}
"""The other levels, each with the first words of its instructions known to `test_browse_in_chromium.py`."""
STATIC = {"flops": 17, "special_functions": 0, "loads": 1234, "load_bytes": 52, "uncounted": 2}
RESOURCES = {"registers": 36, "stack_bytes": 0}
ANNOTATIONS = {
    "static": STATIC,
    "instructions": {"ptx": {"forward": 2, "backward": 3}, "assembly": {"forward": 4}},
    "resources": {"forward": RESOURCES, "backward": {**RESOURCES, "registers": 49}},
    "code_bytes": 2132,
    "time": {"ns_per_thread": 27.7814, "spread": 0.0408, "threads": 1024, "runs": 15},
}


def record(index, **changes):
    x = np.linspace(0, 1, 3, dtype=np.float32)
    arguments = [{"name": name, "type": "float", "dimensions": 1} for name in ("x", "y")]
    whole = {
        "python_source": PYTHON.replace("{index}", str(index)).replace("{note}", "α" if index % 2 else "β"),
        "cpp_forward": FORWARD,
        "cpp_backward": "",
        "line_map": {"cpp_forward": [[5, 6, 7], [7, 9, 8]], "cpp_backward": []},
        "annotations": {"static": STATIC, "time": None},
        "io": {
            "reference": "agrees",
            "gradient": "agrees" if index % 3 else "no array of floats goes in",
            "exact": True,
            "launches": [
                {
                    "shape": "smooth",
                    "dim": [3],
                    "inputs": {"x": encode_array(x), "y": encode_array(x)},
                    "outputs": {"y": encode_array(2 * x + index)},
                }
            ],
        },
        "metadata": {
            "id": f"cpu-{index:016x}",
            "kernel_name": f"scale_{index}",
            "category": "vector" if index % 2 else "math",
            "device": "cpu",
            "description": f"Scales `x` <{index}> times.",
            "seed": 0,
            "index": index,
            "profile": "default",
            "arguments": arguments,
            "constructs": {"tid1": 1, "seventh" if index % 7 == 0 else "other": 2},
            "compile": {"flags": "", "sizes": {}},
        },
    }
    return {**whole, **changes}


def mapped(whole):
    """A record with the line maps of its texts."""
    maps = {key: line_map(whole["python_source"], whole[key]) for key in GENERATED if key in whole}
    return {**whole, "line_map": {key: [list(span) for span in spans] for key, spans in maps.items()}}


def lines(records):
    """What is read of these records."""
    return (Line(json.dumps(whole).encode(), f"record {number}") for number, whole in enumerate(records))


LEVELLED = mapped(record(2, **TEXTS, annotations=ANNOTATIONS))
RECORDS = [LEVELLED if index == 2 else record(index) for index in range(600)]


def write(out):
    return write_page(out, ABOUT, lines(RECORDS))
