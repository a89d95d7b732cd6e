"""The levels that a kernel is lowered through, and the texts that a record has of each: one row each."""

from dataclasses import dataclass, replace
from typing import Literal

Language = Literal["python", "cpp", "ptx", "assembly", "llvm"]

BOTH = "cpu,cuda"


@dataclass(frozen=True, slots=True)
class Level:
    """What `--levels` can ask for."""

    name: str
    devices: tuple[str, ...]
    """The devices that a dataset has to be of."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a record."""

    key: str
    """Of the record."""
    level: str
    title: str
    short: str
    """A title for where all texts stand side by side."""
    meaning: str
    language: Language
    """What the page of `browse` highlights it as."""
    lexer: str
    """What highlights it in a terminal, by Pygments' name."""
    fence: str
    """What Markdown calls the language."""
    comment: str = ""
    """What a line begins with that may repeat a line of the source; nothing where none does."""
    is_source: bool = False
    """Whether it is what was drawn, rather than what was made of that."""


PYTHON, CPP, CUDA = "python", "cpp", "cuda"
ALL = "all"
LEVELS = (
    Level(CPP, ("cpu", "cuda", BOTH), "the C++ that Warp generates, forward and adjoint (CUDA C++ with --device cuda)"),
    Level(CUDA, ("cuda", BOTH), "the CUDA C++ that Warp generates, forward and adjoint"),
    Level("ptx", ("cuda", BOTH), "what NVRTC makes of the CUDA C++"),
    Level("sass", ("cuda", BOTH), "the GPU's machine code, and what a thread needs of the GPU (extra cuda-tools)"),
    Level("llvm_ir", ("cpu", BOTH), "LLVM IR of the CPU's build"),
    Level("assembly", ("cpu", BOTH), "x86 assembly of the CPU's build (extra assembly)"),
)

TEXTS = (
    Text("python_source", "", "Python", "Python", "what was drawn", "python", "python", "python", is_source=True),
    Text("cpp_forward", CPP, "C++ forward", "C++", "the generated forward code", "cpp", "cpp", "cpp", "//"),
    Text("cpp_backward", CPP, "C++ adjoint", "C++ adjoint", "the same with the adjoint", "cpp", "cpp", "cpp", "//"),
    Text(
        "cuda_forward",
        CUDA,
        "CUDA C++ forward",
        "CUDA",
        "the generated forward code for CUDA",
        "cpp",
        "cuda",
        "cuda",
        "//",
    ),
    Text(
        "cuda_backward",
        CUDA,
        "CUDA C++ adjoint",
        "CUDA adjoint",
        "the same with the adjoint",
        "cpp",
        "cuda",
        "cuda",
        "//",
    ),
    Text("ptx", "ptx", "PTX", "PTX", "what NVRTC makes of the CUDA code", "ptx", "ptx", "ptx"),
    Text("sass", "sass", "SASS", "SASS", "the machine code of the GPU", "assembly", "sass", "text"),
    Text("llvm_ir", "llvm_ir", "LLVM IR", "LLVM", "LLVM IR of the CPU's build", "llvm", "llvm", "llvm"),
    Text(
        "assembly", "assembly", "x86 assembly", "x86", "the machine code of the CPU's build", "assembly", "nasm", "asm"
    ),
)

GENERATED = ("cpp_forward", "cpp_backward", "cuda_forward", "cuda_backward")
"""The texts that Warp itself generates: they repeat lines of the source, and have a line map."""


def keys_of(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of a record's texts with these levels."""
    return tuple(text.key for text in TEXTS if text.is_source or text.level in levels)


def texts_of(device: str) -> tuple[Text, ...]:
    """Return the texts as they are in a dataset for this device.

    A dataset for `cuda` alone has its CUDA C++ under the keys that are C++ otherwise.
    """
    if device != "cuda":
        return TEXTS
    cuda = {text.key.replace("cuda_", "cpp_"): text for text in TEXTS if text.level == CUDA}
    return tuple(replace(cuda[text.key], key=text.key) if text.key in cuda else text for text in TEXTS)
