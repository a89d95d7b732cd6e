"""The forms that a generated statement has, and what each does.

Memory. `wp::address` and `&(wp::index(…))` only point; what is pointed at is read by `wp::load` and written by
`wp::store`. Both count where the pointer leads into an array of the kernel's: arrays of a thread's own
(`fixedarray_t`), variables, and the fields of structs in variables are no memory to this count.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ir.counting.formulas import work_of
from ir.counting.types import Kind, Type, parse_type, split_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from ir.counting.reading import Function, Source

_VARIABLE = re.compile(r"\bvar_\w+")
_COMPARISON = re.compile(r" (?:[<>]=?|[=!]=) ")
_LOGIC = re.compile(r" (?:&&|\|\|) ")
_ATOMIC = re.compile(r"(?:array_)?atomic_([a-z]+)(?:_slot)?")

Counts = Counter[str]
"""Numbers by the names of the fields of `StaticCounts`."""

Known = dict[tuple[int, frozenset[str]], Counts]
"""The counts of functions that were gone through before, by their identity and what was passed to them."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through a function's statements, in order, with what they have done and shown so far.

    `pointers` are the variables that point into global memory, `tested` those that an `if` has asked for.
    """

    source: Source
    types: dict[str, str]
    pointers: set[str]
    known: Known
    tested: set[str] = field(default_factory=set)
    found: Counts = field(default_factory=Counter)

    def type_of(self, variable: str) -> Type:
        """Return the type of a variable; of a pointer to an array, the array's."""
        kind = parse_type(self.types.get(variable, ""))
        return parse_type(kind.element) if kind.kind is Kind.POINTER and "array_t<" in kind.element else kind

    def is_global(self, operand: str) -> bool:
        """Whether an operand leads into global memory: its variable does, or it names a place in an array."""
        variable = _VARIABLE.search(operand)
        if variable is None:
            return False
        is_place = "wp::index(" in operand or "wp::address(" in operand
        return variable[0] in self.pointers or (is_place and self.type_of(variable[0]).kind is Kind.ARRAY)

    def access(self, what: str, kind: str) -> None:
        """Count one access to a value of this type, as "load", "store" or "atomic"."""
        self.found[f"{what}s"] += 1
        self.found[f"{what}_bytes"] += self.source.layouts.size(kind)

    def work(self, name: str, operands: list[str], result: str) -> None:
        """Count the work of a built-in, given the types of its operands and its result."""
        known = work_of(name, tuple(operands), result)
        if known is None:
            self.found["uncounted"] += 1
            return
        work, is_float = known
        self.found["flops" if is_float else "integer_ops"] += work.arithmetic
        self.found["special_functions"] += work.special
        self.found["comparisons"] += work.comparisons
        self.found["conversions"] += work.conversions
        self.found["integer_ops"] += work.integer


def count_function(source: Source, function: Function, pointers: frozenset[str], known: Known) -> Counts:
    """Return what one call of a function does; `pointers` are the parameters that point into global memory."""
    if function.is_native:
        return Counter(uncounted=1)
    key = id(function), pointers
    if key not in known:
        walk = Walk(source, function.variables, set(pointers), known)
        for statement in function.statements:
            _take(walk, statement)
        known[key] = walk.found
    return known[key]


def has_form(statement: str) -> bool:
    """Tell whether a statement has one of the known forms; what has none counts as uncounted."""
    return any(pattern.fullmatch(statement) for pattern, _ in _FORMS)


def _take(walk: Walk, statement: str) -> None:
    for pattern, take in _FORMS:
        if match := pattern.fullmatch(statement):
            take(walk, match)
            return
    walk.found["uncounted"] += 1


def _call(walk: Walk, match: re.Match[str]) -> None:
    target, name, arguments = match.groups()
    # Nearly all arguments are a plain list of variables, which is split in a tenth of the time of a search.
    variables = _VARIABLE.findall(arguments) if "(" in arguments or "{" in arguments else split_list(arguments)
    if name in walk.source.functions:
        _call_function(walk, name, split_list(arguments))
    elif name in walk.source.layouts.structs:
        return  # put together from its fields
    elif name == "address":
        if walk.type_of(variables[0]).kind is Kind.ARRAY:
            walk.pointers.add(target)
    elif name == "load":
        if walk.is_global(arguments):
            walk.access("load", parse_type(walk.types[variables[0]]).element)
    elif name == "store":
        if walk.is_global(split_list(arguments)[0]):
            walk.access("store", walk.types[variables[-1]])
    elif name == "array_store":
        if walk.type_of(variables[0]).kind is Kind.ARRAY:
            walk.access("store", walk.types[variables[-1]])
    elif atomic := _ATOMIC.fullmatch(name):
        value = walk.types[variables[1 if name.endswith("_slot") else -1]]
        if walk.type_of(variables[0]).kind is Kind.ARRAY:
            walk.access("atomic", value)
        else:
            walk.work(f"atomic_{atomic[1]}", [value], value)
    else:
        walk.work(name, [walk.types.get(variable, "") for variable in variables], walk.types.get(target or "", ""))


def _call_function(walk: Walk, name: str, arguments: list[str]) -> None:
    function = _resolve(walk, walk.source.functions[name], arguments)
    given = zip(function.parameters, arguments, strict=False)
    pointers = frozenset(parameter for parameter, argument in given if walk.is_global(argument))
    walk.found["calls"] += 1
    walk.found.update(count_function(walk.source, function, pointers, walk.known))


def _resolve(walk: Walk, functions: list[Function], arguments: list[str]) -> Function:
    """Return the instance of a generic function that fits the types of the arguments best."""
    if len(functions) == 1:
        return functions[0]
    types = [parse_type(walk.types.get(argument, "")) for argument in arguments]

    def agreement(function: Function) -> tuple[bool, int]:
        wanted = [parse_type(function.variables[parameter]) for parameter in function.parameters]
        return len(wanted) == len(types), sum(map(Type.__eq__, wanted, types))

    return max(functions, key=agreement)


def _unwrap(walk: Walk, match: re.Match[str]) -> None:
    """A macro that may put an atomic operation off: it counts as the operation."""
    _take(walk, f"{match[1]};")


def _if(walk: Walk, match: re.Match[str]) -> None:
    """An `if`; its `else` asks for the same variable once more, turned round."""
    negated, variable = match.groups()
    if negated and variable in walk.tested:
        return
    walk.found["branches"] += 1
    if not negated:
        walk.tested.add(variable)


def _compare(walk: Walk, match: re.Match[str]) -> None:
    kind = walk.type_of(_VARIABLE.findall(match[1])[0])
    walk.found["comparisons"] += len(_COMPARISON.findall(match[1])) * kind.components
    walk.found["integer_ops"] += len(_LOGIC.findall(match[1]))


def _logic(walk: Walk, _: re.Match[str]) -> None:
    walk.found["integer_ops"] += 1


def _point(walk: Walk, match: re.Match[str]) -> None:
    if walk.is_global(match[2]):
        walk.pointers.add(match[1])


def _test_iteration(walk: Walk, match: re.Match[str]) -> None:
    walk.found["branches"] += 1
    walk.found["comparisons" if walk.type_of(match[1]).kind is Kind.RANGE else "uncounted"] += 1


def _test_loop(walk: Walk, match: re.Match[str]) -> None:
    walk.found["branches"] += 1
    walk.found["comparisons"] += match[1] != "=="  # what a `while` asks for is a variable that is known by then


def _loop(walk: Walk, _: re.Match[str]) -> None:
    walk.found["loops"] += 1


def _step(walk: Walk, _: re.Match[str]) -> None:
    walk.found["integer_ops"] += 1


def _write_through(walk: Walk, match: re.Match[str]) -> None:
    if match[1] in walk.pointers:
        walk.access("store", walk.types[match[2]])


def _nothing(_: Walk, __: re.Match[str]) -> None:
    pass


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[Walk, re.Match[str]], None]], ...]] = tuple(
    (re.compile(pattern), take)
    for pattern, take in (
        (r"WP_DET_\w+\(.*?((?:var_\w+ = )?wp::(?:array_)?atomic_.*\));\);", _unwrap),  # of the option "deterministic"
        (r"(?:(var_\w+) = )?(?:wp::)?(\w+)(?:<.*?>)?[({](.*)[)}];", _call),
        (r"if \((!?)(var_\w+)\) \{", _if),
        (r"var_\w+ = (\(.* (?:[<>]=?|[=!]=) .*\));", _compare),
        (r"(var_\w+) = &\((.*)\);", _point),
        (r"var_\w+ = var_\w+ (?:&&|\|\|) var_\w+;", _logic),
        (r"if \(iter_cmp\((var_\w+)\) == 0\) goto \w+;", _test_iteration),
        (r"if \(\(var_\w+\) (==) false\) goto \w+;", _test_loop),
        (r"if \(var_\w+ ([<>]=?) -?\w+\) goto \w+;", _test_loop),
        (r"start_(?:for|while)_\d+:;", _loop),
        (r"var_\w+ \+= -?\w+;", _step),
        (r"\*(var_\w+) = (var_\w+);", _write_through),
        (r"(?:var|ret)_[\w.]+ = [^()]*;", _nothing),  # a number, another variable, a field that is set
        (r"var_\w+ = \(wp::\w+\*?\)&?\(.*\);", _nothing),  # the address of a variable, as a number
    )
)
