"""The lower levels: whole, the same every time, of this kernel alone, and accepted by the tools that come after."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ir import Target, Unit, assembly, cuda_tools, lowering, ptx, warp_api
from ir.compiler import Compiler
from ir.errors import BadTargetError, ToolMissingError
from ir.lowering import LEVELS, Lowering, LoweringError
from ir.workbench import open_workbench

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not warp_api.prints_llvm_ir(), reason="needs Warp 1.13")


def nothing_is_known(_ir_digest: str, _structure_digest: str) -> bool:
    return False


SAXPY = Unit(
    "saxpy",
    """\
import warp as wp


@wp.func
def scaled(a: float, x: float):
    return a * x


@wp.kernel
def saxpy(a: float, x: wp.array(dtype=float), y: wp.array(dtype=float)):
    i = wp.tid()
    y[i] = scaled(a, x[i]) + y[i]
""",
)


@pytest.fixture(scope="module")
def low(tmp_path_factory: pytest.TempPathFactory) -> Lowering:
    return Lowering(LEVELS, 90, tmp_path_factory.mktemp("levels"))


def modules(compiler_for: Callable[..., Compiler], unit: Unit, *, backward: bool = True) -> dict[str, str]:
    found = {}
    for device in ("cpu", "cuda"):
        generated = compiler_for(device, backward=backward).generate(unit)
        assert not hasattr(generated, "message"), generated
        found[device] = generated.text
    return found


def test_each_level_has_both_directions(low: Lowering, compiler_for: Callable[..., Compiler]) -> None:
    lowered = low.lower("saxpy", modules(compiler_for, SAXPY))
    assert set(lowered.texts) == set(LEVELS)
    assert set(lowered.instructions) == {"ptx", "sass", "assembly"}
    for counts in lowered.instructions.values():
        assert set(counts) == {"forward", "backward"}
        assert 10 < counts["forward"] <= counts["backward"] < 1000
    assert set(lowered.resources) == {"forward", "backward"}
    for needs in lowered.resources.values():
        assert 0 < needs.registers <= 255
        assert needs.spill_store_bytes == needs.spill_load_bytes == 0
    assert lowered.code_bytes is not None
    assert lowered.code_bytes > lowered.instructions["assembly"]["forward"]


def test_what_is_computed_is_in_every_level(low: Lowering, compiler_for: Callable[..., Compiler]) -> None:
    texts = low.lower("saxpy", modules(compiler_for, SAXPY)).texts
    assert re.search(r"\bfma\.rn\.f32\b", texts["ptx"])
    assert "FFMA" in texts["sass"]
    assert "fmul float" in texts["llvm_ir"]
    assert "fadd float" in texts["llvm_ir"]
    assert re.search(r"\bv?mulss\b", texts["assembly"])
    assert re.search(r"\bv?addss\b", texts["assembly"])


def test_nothing_is_left_of_where_it_was_made(low: Lowering, compiler_for: Callable[..., Compiler]) -> None:
    texts = low.lower("saxpy", modules(compiler_for, SAXPY)).texts
    for level, text in texts.items():
        assert "\0" not in text, level
        assert "/tmp" not in text, level
        assert text.endswith("\n"), level
        assert not text.endswith("\n\n"), level
    assert '\nsource_filename = "saxpy.cpp"\n' in texts["llvm_ir"]
    assert texts["llvm_ir"].startswith("; ModuleID = 'saxpy.cpp'\n")


def test_the_texts_do_not_depend_on_folder_or_process_or_order(
    low: Lowering, compiler_for: Callable[..., Compiler], corpus: dict[str, Unit], tmp_path: Path
) -> None:
    other = Lowering(LEVELS, 90, tmp_path / "a longer name than that of the first")
    names = ("structs", "control")
    first = {name: low.lower(name, modules(compiler_for, corpus[name])) for name in names}
    second = {name: other.lower(name, modules(compiler_for, corpus[name])) for name in reversed(names)}
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["atomics", "queries", "solvers", "tiles", "natives", "gradients", "bfloat", "linear", "snippet"]
)
def test_all_kinds_of_kernels_are_lowered(
    low: Lowering, compiler_for: Callable[..., Compiler], corpus: dict[str, Unit], name: str
) -> None:
    unit = corpus[name]
    lowered = low.lower(unit.kernel_name, modules(compiler_for, unit))
    assert set(lowered.texts) == set(LEVELS)
    assert all(lowered.texts.values())
    assert all(counts["forward"] > 0 for counts in lowered.instructions.values())
    assert lowered.resources["forward"].registers > 0


def test_without_the_adjoint_there_is_one_direction(low: Lowering, compiler_for: Callable[..., Compiler]) -> None:
    lowered = low.lower("saxpy", modules(compiler_for, SAXPY, backward=False))
    assert set(lowered.resources) == {"forward"}
    assert all("backward" not in text for text in lowered.texts.values())


def test_only_what_was_asked_for_is_made(compiler_for: Callable[..., Compiler], tmp_path: Path) -> None:
    found = modules(compiler_for, SAXPY)
    for levels in ({"ptx"}, {"llvm_ir"}, {"assembly"}, {"sass"}):
        lowered = Lowering(levels, 90, tmp_path).lower("saxpy", found)
        assert set(lowered.texts) == levels
        assert set(lowered.instructions) == levels - {"llvm_ir"}
        assert (lowered.code_bytes is not None) == ("assembly" in levels)
        assert bool(lowered.resources) == ("sass" in levels)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["headers"]


def test_the_architecture_is_that_of_the_ptx(compiler_for: Callable[..., Compiler], tmp_path: Path) -> None:
    lowered = Lowering({"ptx"}, 80, tmp_path).lower("saxpy", modules(compiler_for, SAXPY))
    assert ".target sm_80\n" in lowered.texts["ptx"]


MODULE = b"""\
//
// Generated by NVIDIA NVVM Compiler
//

.version 9.4
.target sm_90
.address_size 64

	// .globl	k_cuda_kernel_forward
.func  (.param .b32 func_retval0) helper
(
	.param .b32 helper_param_0
)
;
.const .align 4 .b8 unused[8] = {1, 0, 0, 0, 2, 0, 0, 0};
.global .align 4 .u32 reached = 7;
.global .align 4 .u32 _ZN28_INTERNAL_00000000_4_k_cu_0123abcd2wp3fooE = 1;
.shared .align 4 .b8 %shared[16];

.visible .entry k_cuda_kernel_forward(
	.param .u64 k_cuda_kernel_forward_param_0
)
{
	.reg .pred 	%p<2>;
	.reg .b32 	%r<4>;


	ld.param.u64 	%rd1, [k_cuda_kernel_forward_param_0];
	mov.u32 	%r1, reached;
	ld.global.u32 	%r2, [_ZN28_INTERNAL_00000000_4_k_cu_0123abcd2wp3fooE];
	@%p1 bra 	$L__BB0_2;
	{ // callseq 0, 0
	.reg .b32 temp_param_reg;
	call.uni (retval0),
	helper,
	(
	param0
	);
	} // callseq 0

$L__BB0_2:
	ret;

}
.func  (.param .b32 func_retval0) helper(
	.param .b32 helper_param_0
)
{
	ret;

}
.func never(
	.param .b32 never_param_0
)
{
	mov.u32 	%r1, unused;
	ret;

}

\0"""


def test_a_module_is_cut_to_what_its_entry_points_reach() -> None:
    text = ptx.cut(MODULE.replace(b".shared .align 4 .b8 %shared[16];\n", b""))
    assert text.startswith(".version 9.4\n.target sm_90\n.address_size 64\n")
    assert "unused" not in text
    assert "never" not in text
    assert "reached = 7;" in text
    assert text.count(") helper") == 2  # declared, and defined behind the entry point
    assert text.index(".global .align 4 .u32 reached") < text.index(".entry") < text.rindex(") helper(")
    assert "_ZN10_INTERNAL_2wp3fooE = 1;" in text
    assert "[_ZN10_INTERNAL_2wp3fooE]" in text
    assert "//" not in text.replace("// callseq", "")
    assert "\0" not in text


def test_instructions_are_counted_but_for_declarations_and_labels() -> None:
    text = ptx.cut(MODULE.replace(b".shared .align 4 .b8 %shared[16];\n", b""))
    assert ptx.instructions(text) == {"k_cuda_kernel_forward": 6 + 1}


@pytest.mark.slow
def test_the_assembler_takes_the_text_that_was_cut(
    low: Lowering, compiler_for: Callable[..., Compiler], corpus: dict[str, Unit], tmp_path: Path
) -> None:
    for name in ("structs", "queries", "tiles"):
        unit = corpus[name]
        text = low.lower(unit.kernel_name, modules(compiler_for, unit)).texts["ptx"]
        (tmp_path / "k.ptx").write_text(text)
        needs = cuda_tools.assemble(tmp_path / "k.ptx", tmp_path / "k.cubin", 90)
        assert sorted(needs) == [f"{name}_cuda_kernel_{way}" for way in ("backward", "forward")]


def test_what_the_assembler_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "k.ptx").write_text(".version 9.4\n.target sm_90\nnonsense\n")
    with pytest.raises(cuda_tools.AssemblerError, match=r"ptxas: .*k\.ptx.*line 3") as refusal:
        cuda_tools.assemble(tmp_path / "k.ptx", tmp_path / "k.cubin", 90)
    assert str(tmp_path) not in str(refusal.value)


def test_a_kernel_that_no_gpu_can_run_is_refused_in_the_words_of_the_assembler(
    low: Lowering, compiler_for: Callable[..., Compiler]
) -> None:
    path = Path(__file__).parents[1] / "corpus" / "shared_stacks.py"
    source = path.read_text().partition("\n\n\ndef compiles")[0]
    found = modules(compiler_for, Unit("count_neighbors", source))
    with pytest.raises(LoweringError, match=r"^ptxas: .*uses too much shared data"):
        low.lower("count_neighbors", found)


def test_assembly_names_what_is_called_and_where_branches_go(
    low: Lowering, compiler_for: Callable[..., Compiler], corpus: dict[str, Unit]
) -> None:
    text = low.lower("control", modules(compiler_for, corpus["control"])).texts["assembly"]
    labels = set(re.findall(r"^(\.L\d+):$", text, re.MULTILINE))
    targets = set(re.findall(r"^    j\w+ (\S+)$", text, re.MULTILINE))
    assert labels
    assert targets == labels
    assert {"control_cpu_forward", "control_cpu_backward"} <= set(assembly.instructions(text))


def test_functions_that_are_called_count_with_their_callers() -> None:
    text = """\
k_cpu_forward:
    call helper
.L0:
    jmp .L0

helper:
    lea rax, [rip + inner]
    ret

inner:
    ret

other:
    ret

.section .rodata.cst4
    0x3f800000
"""
    assert assembly.instructions(text) == {"k_cpu_forward": 5, "helper": 3, "inner": 1, "other": 1}


def test_a_call_of_the_library_has_its_name(low: Lowering, compiler_for: Callable[..., Compiler]) -> None:
    unit = Unit("waves", SAXPY.source.replace("saxpy", "waves").replace("a * x", "a * wp.sin(x)"))
    text = low.lower("waves", modules(compiler_for, unit)).texts["assembly"]
    assert re.search(r"\bsinf\b", text)


@pytest.mark.parametrize(
    ("level", "missing", "extra"),
    [
        ("assembly", "capstone", r"warpsmith\[assembly\]"),
        ("assembly", "elftools.elf.elffile", r"warpsmith\[assembly\]"),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str, missing: str, extra: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(ToolMissingError, match=extra):
        Lowering({level}, 90, tmp_path / "levels")
    assert not (tmp_path / "levels").exists()


def test_a_tool_that_is_missing_is_named_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_tools.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissingError, match=r"SASS needs ptxas, .*warpsmith\[cuda-tools\]"):
        lowering.check_tools({"sass"})
    lowering.check_tools({"ptx"})


def test_a_tool_on_the_path_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ptxas").write_text("#!/bin/sh\necho 'Cuda compilation tools, release 99.1, V99.1.7'\n")
    (tmp_path / "ptxas").chmod(0o755)
    monkeypatch.setattr(cuda_tools.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert cuda_tools.find("ptxas") == tmp_path / "ptxas"
    assert cuda_tools.version("ptxas") == "99.1.7"


def test_a_warp_that_prints_no_llvm_ir_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warp_api, "prints_llvm_ir", lambda: False)
    with pytest.raises(BadTargetError, match="cannot be made to print LLVM IR"):
        lowering.check_tools({"llvm_ir"})


def test_a_workbench_has_both_devices_in_one(tmp_path: Path) -> None:
    bench = open_workbench((Target("cpu"), Target("cuda")), {"ptx", "llvm_ir"}, tmp_path, loads=True)
    bad = Unit("bad", SAXPY.source.replace("saxpy", "bad").replace("a * x", "undefined(x)"))
    built, refused = bench.build([SAXPY, bad], nothing_is_known)
    assert built.other is not None
    assert (built.device, built.other.device) == ("cpu", "cuda")
    assert "cpu_kernel_forward" in built.listing.forward
    assert "cuda_kernel_forward" in built.other.listing.forward
    assert built.program is not None
    assert refused.stage == "codegen"
    assert set(bench.lower(SAXPY, built).texts) == {"ptx", "llvm_ir"}
    assert set(bench.describe_compile()) >= {"compiler", "cuda", "levels"}


def test_what_only_the_second_device_refuses_is_refused_where_both_are_needed(tmp_path: Path) -> None:
    snippet = "__syncthreads(); no_such_function();"
    source = f'''\
import warp as wp


@wp.func_native("""
#ifdef __CUDA_ARCH__
{snippet}
#endif
""")
def on_the_gpu(x: float): ...


@wp.kernel
def k(x: wp.array(dtype=float)):
    on_the_gpu(x[wp.tid()])
'''
    both = open_workbench((Target("cpu", backward=False), Target("cuda", backward=False)), (), tmp_path, loads=False)
    (refused,) = both.build([Unit("k", source)], nothing_is_known)
    assert refused.stage == "native"
    assert refused.message.startswith("on cuda: ")
    (built,) = open_workbench((Target("cpu", backward=False),), (), tmp_path / "cpu", loads=False).build(
        [Unit("k", source)], nothing_is_known
    )
    assert built.other is None
    assert (refused.ir_digest, refused.structure_digest) == (built.ir_digest, built.structure_digest)


def test_the_tools_are_really_there() -> None:
    for name in ("ptxas", "nvdisasm"):
        assert subprocess.run([cuda_tools.find(name), "--version"], check=True, capture_output=True).stdout
        assert re.fullmatch(r"\d+\.\d+\.\d+", cuda_tools.version(name))
