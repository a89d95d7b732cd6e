"""x86 assembly of one kernel: the code of its object file as text, with symbols where the linker will put addresses.

Warp's clang writes objects only (`-S` is ignored), so an object is taken apart: `pyelftools` reads it, `capstone`
decodes the instructions. Both come with the extra `assembly`.
"""

from __future__ import annotations

import re
from importlib import import_module, metadata
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ir.errors import ToolMissingError
from ir.reach import reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECTION_SYMBOL = "STT_SECTION"
_NAME = re.compile(r"[A-Za-z_$][\w$.]*")
_EXECUTABLE = 4  # SHF_EXECINSTR
_BRANCHES = ("j", "loop")


def disassemble(content: bytes) -> str:
    """Return the text of an object file: each function, then the constants that they read."""
    elf = _module("elftools.elf.elffile").ELFFile(BytesIO(content))
    parts: list[str] = []
    for section in elf.iter_sections():
        if section["sh_flags"] & _EXECUTABLE and section["sh_size"]:
            parts += _functions(elf, section)
    parts += [_constants(section) for section in elf.iter_sections() if section.name.startswith(".rodata")]
    return "\n".join(parts)


def instructions(text: str) -> dict[str, int]:
    """Return how many instructions each function of such a text has, by its name, those that it reaches included."""
    bodies: dict[str, list[str]] = {}
    name = ""
    for line in text.partition("\n.section")[0].splitlines():
        if line.endswith(":") and not line.startswith("."):
            name = line[:-1]
            bodies[name] = []
        elif line.startswith("    "):
            bodies[name].append(line)
    mentioned = {name: set(_NAME.findall("\n".join(body))) & bodies.keys() for name, body in bodies.items()}
    return {name: sum(len(bodies[each]) for each in reached({name}, mentioned)) for name in bodies}


def check_installed() -> None:
    """Raise `ToolMissingError`, which names the extra to install, when one of the two packages is missing."""
    _module("elftools.elf.elffile")
    _module("capstone")


def code_bytes(content: bytes) -> int:
    """Return how many bytes of instructions an object file has."""
    elf = _module("elftools.elf.elffile").ELFFile(BytesIO(content))
    return sum(section["sh_size"] for section in elf.iter_sections() if section["sh_flags"] & _EXECUTABLE)


def versions() -> dict[str, str]:
    """Return the versions of both packages."""
    check_installed()
    return {name: metadata.version(name) for name in ("capstone", "pyelftools")}


def _functions(elf: Any, section: Any) -> Iterator[str]:
    """Yield the text of each function in a section."""
    symbols = elf.get_section_by_name(".symtab")
    index = next(i for i, each in enumerate(elf.iter_sections()) if each.name == section.name)
    functions = {
        symbol["st_value"]: symbol.name
        for symbol in symbols.iter_symbols()
        if symbol["st_shndx"] == index and symbol["st_info"]["type"] == "STT_FUNC"
    }
    relocations = _relocations(elf, section, symbols)
    capstone = _module("capstone")
    decoder = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    code = list(decoder.disasm(section.data(), 0))
    targets = {int(each.op_str, 16) for each in code if _is_branch(each) and each.op_str.startswith("0x")}
    labels = {address: f".L{i}" for i, address in enumerate(sorted(targets - functions.keys()))}
    lines: list[str] = []
    for each in code:
        if each.address in functions:
            if lines:
                yield "\n".join(_trimmed(lines)) + "\n"
            lines = [f"{functions[each.address]}:"]
        if each.address in labels:
            lines.append(f"{labels[each.address]}:")
        lines.append(f"    {_instruction(each, labels, functions, relocations)}")
    if lines:
        yield "\n".join(_trimmed(lines)) + "\n"


def _relocations(elf: Any, section: Any, symbols: Any) -> dict[int, tuple[str, int]]:
    """Return what the linker will put where in a section: the symbol's name, and what is added to its address."""
    table = elf.get_section_by_name(f".rela{section.name}")
    found: dict[int, tuple[str, int]] = {}
    for entry in table.iter_relocations() if table is not None else ():
        symbol = symbols.get_symbol(entry["r_info_sym"])
        is_section = symbol["st_info"]["type"] == _SECTION_SYMBOL
        name = elf.get_section(symbol["st_shndx"]).name if is_section else symbol.name
        found[entry["r_offset"]] = (name, entry["r_addend"])
    return found


def _instruction(
    each: Any, labels: Mapping[int, str], functions: Mapping[int, str], relocations: Mapping[int, tuple[str, int]]
) -> str:
    """Return one instruction, with names for what it jumps to and for what the linker fills in."""
    operands = each.op_str
    if (_is_branch(each) or each.mnemonic == "call") and operands.startswith("0x"):
        target = int(operands, 16)
        operands = labels.get(target) or functions.get(target) or operands
    for offset in range(each.address, each.address + each.size):
        if offset in relocations:
            name, addend = relocations[offset]
            # Relative to the end of the instruction; what follows the field is part of the addend.
            if "[rip" in operands or _is_branch(each) or each.mnemonic == "call":
                addend += each.address + each.size - offset
            symbol = f"{name}+{addend:#x}" if addend > 0 else name
            head, rip, tail = operands.partition("[rip")
            operands = f"{head}[rip + {symbol}]{tail.partition(']')[2]}" if rip else _filled(operands, symbol)
    return f"{each.mnemonic} {operands}".rstrip()


def _filled(operands: str, symbol: str) -> str:
    """Return operands with a symbol in place of the last one, which the linker fills in."""
    head, comma, _ = operands.rpartition(",")
    return f"{head}{comma} {symbol}" if comma else symbol


def _is_branch(each: Any) -> bool:
    return bool(each.mnemonic.startswith(_BRANCHES))


def _trimmed(lines: list[str]) -> list[str]:
    """Leave out the empty instructions that fill the space to the next function."""
    end = len(lines)
    while lines[end - 1].strip().startswith(("nop", "int3")) or lines[end - 1].strip() == "data16":
        end -= 1
    return lines[:end]


def _constants(section: Any) -> str:
    """Return the words of a section, each as it is in memory."""
    size = section["sh_entsize"] if section["sh_entsize"] in {4, 8, 16} else 8
    content = section.data()
    words = (content[i : i + size] for i in range(0, len(content), size))
    lines = [f"    0x{int.from_bytes(word, 'little'):0{2 * size}x}" for word in words]
    return "\n".join([f".section {section.name}", *lines]) + "\n"


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ToolMissingError(
            f"assembly needs {package}, which is not installed: pip install 'warpsmith[assembly]'"
        ) from error
