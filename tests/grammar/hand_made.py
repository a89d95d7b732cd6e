"""Kernels made by hand around single overloads: no growth, so that each row is tried at each of its types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grammar.catalogue import CATALOGUE
from grammar.known_bugs import stepped_round
from grammar.production import (
    Block,
    Bound,
    Const,
    Counter,
    Expr,
    Fresh,
    Hole,
    Index,
    Input,
    Lookup,
    Named,
    Output,
    Overload,
    Pointer,
    Production,
    Result,
    SizeOf,
    Target,
    Thread,
    Zero,
)
from grammar.term import Apply, Body, Expression, Extent, Filling, Function, Kernel, Literal, Name, Symbol
from grammar.types import BOOL, FLOAT, INT, Matrix, Quaternion, Scalar, Type, Vector, match, spell

# Where an operand comes from; Warp treats a reference to memory, a value and a constant differently.
FORMS = ("element", "local", "parameter", "literal")
AXES = tuple(Extent(f"n{axis}") for axis in range(3))
THREADS = tuple(Symbol(name, INT, "thread", index_of=AXES[axis]) for axis, name in enumerate("ijk"))
SUFFIX = {Vector: "_vec", Matrix: "_mat", Quaternion: "_quat", Scalar: ""}


def row_at(name: str, of: Type) -> Overload:
    """A row at the binding where its result, else its array, else its first patterned hole, is of a type."""
    production = CATALOGUE.by_name[name]
    patterns = [production.result] if production.result is not None else []
    patterns += [hole.pattern for _, hole in production.holes if isinstance(hole, Output | Fresh | Target | Expr)]
    bindings = [binding for pattern in patterns if (binding := match(pattern, of)) is not None]
    return production.at(next(binding for binding in bindings if binding or not production.result))


def applied(overload: Overload, /, **fillings: Filling) -> Apply:
    """An overload with its holes filled by name."""
    return Apply(overload, tuple(fillings[name] for name, _ in overload.holes))


def spelled(of: Type) -> str:
    """A type as part of a name."""
    return spell(of).replace("wp.", "").replace(".", "_")


@dataclass
class Bench:
    """A kernel under construction: what it is given, and statements so far."""

    name: str
    rank: int = 3
    parameters: dict[str, Symbol] = field(default_factory=dict)
    statements: list[Apply] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.statements.append(Apply(CATALOGUE.by_name[f"tid{self.rank}"].at({}), THREADS[: self.rank]))

    def number(self) -> int:
        self.count += 1
        return self.count

    def parameter(self, symbol: Symbol) -> Symbol:
        return self.parameters.setdefault(symbol.name, symbol)

    def array(self, of: Type, rank: int, role: str, tag: str = "") -> Symbol:
        return self.parameter(Symbol(f"{role}_{spelled(of)}_{rank}{tag}", of, role, AXES[:rank]))

    def size(self, extent: Extent) -> Name:
        return Name(self.parameter(Symbol(f"size_{extent.name}", INT, "size", size_of=extent)))

    def element(self, of: Type, tag: str) -> Apply:
        suffix = "_bool" if of == BOOL else SUFFIX[type(of)]
        production = CATALOGUE.by_name[f"load1{suffix}"]
        assert production.result is not None
        binding = match(production.result, of)
        assert binding is not None
        return applied(production.at(binding), array=self.array(of, 1, "read", tag), i=Name(THREADS[0]))

    def local(self, of: Type, value: Expression, noun: str = "local") -> Symbol:
        symbol = Symbol(f"{noun}{self.number()}", of, "local")
        self.statements.append(applied(row_at("let", of), name=symbol, value=value))
        return symbol

    def operand(self, of: Type, tag: str, form: str) -> Expression:
        if form == "literal" and isinstance(of, Scalar) and tag != "_0":
            return Literal(1 if of == BOOL else 2, of)
        if form == "local":
            return Name(self.local(of, self.element(of, tag)))
        if form == "parameter":
            return Name(self.parameter(Symbol(f"value_{spelled(of)}{tag}", of, "value")))
        return self.element(of, tag)

    def keep(self, value: Expression) -> None:
        """Bring a value to an output of its own type; a truth value as an integer."""
        if value.type == BOOL:
            value = Apply(CATALOGUE.by_name["bool_to_int"].at({}), (value,))
        of = value.type
        target = self.array(of, 1, "write", f"_{self.number()}")
        self.statements.append(
            applied(row_at(f"store1{SUFFIX[type(of)]}", of), array=target, i=Name(THREADS[0]), value=value)
        )

    def expression(self, overload: Overload, form: str, variant: int) -> None:
        """Try an expression overload, its operands in one form and its constants in one variant."""
        if form == "counter":
            self.counted(overload)
            return
        filled: dict[str, Filling] = {}
        for place, (name, hole) in enumerate(overload.holes):
            filled[name] = self.fill(hole, filled, f"_{place}", form, variant)
        self.keep(stepped_round(Apply(overload, tuple(filled.values()))))

    def counted(self, overload: Overload) -> None:
        """Try an overload on the counter of an unrolled loop, a constant to Warp, and index by it afterwards."""
        counter = Symbol(f"trip{self.number()}", INT, "counter", index_of=Extent("fixed4", 4))
        filled: dict[str, Filling] = {}
        for place, (name, hole) in enumerate(overload.holes):
            takes = isinstance(hole, Expr) and hole.pattern == INT and Name(counter) not in filled.values()
            filled[name] = Name(counter) if takes else self.fill(hole, filled, f"_{place}", "element", 0)
        outside, self.statements = self.statements, []
        made = self.local(_result(overload), stepped_round(Apply(overload, tuple(filled.values()))))
        target = self.array(INT, 1, "write", f"_{self.number()}")
        value = self.element(INT, "_c")
        store = applied(row_at("store1", INT), array=target, i=Name(counter), value=value)
        body = Body((*self.statements, store))
        loop = applied(CATALOGUE.by_name["for_fixed"].at({}), n=Literal(4, INT), k=counter, body=body)
        self.statements = [*outside, loop]
        self.keep(Name(made))

    def statement(self, overload: Overload, form: str = "element") -> None:
        """Try a statement where it may stand; what it makes or changes reaches an output."""
        needs = overload.production.needs
        if "function" in needs:
            self.function(overload)
            return
        outside, self.statements = self.statements, []
        filled: dict[str, Filling] = {}
        visible: list[Symbol] = []
        for place, (name, hole) in enumerate(overload.holes):
            if isinstance(hole, Target):  # it has to exist before
                of = _type(hole)
                filled[name] = Symbol(f"changed{self.number()}", of, "local")
                start = applied(row_at("start", of), name=filled[name], zero=Literal(0, of, start=True))
                self.statements.append(start)
            else:
                filled[name] = self.fill(hole, filled, f"_{place}", form, 0)
            if isinstance(hole, Fresh | Target | Pointer) and not (isinstance(hole, Fresh) and hole.inner):
                symbol = filled[name]
                assert isinstance(symbol, Symbol)
                visible.append(symbol)
        self.statements.append(Apply(overload, tuple(filled.values())))
        if needs & {"loop", "nested"}:  # inside a block of its own, with something after it to jump over
            made, self.statements = self.statements, outside
            before = [s for s in made if s.row in {"start", "let"} and s is not made[-1]]
            inside = [s for s in made if s not in before]
            self.statements += before
            outer = CATALOGUE.by_name["for_fixed"].at({})
            counter = Symbol(f"trip{self.number()}", INT, "counter", index_of=Extent("fixed4", 4))
            body = Body((*inside, self.effect()))
            self.statements.append(applied(outer, n=Literal(4, INT), k=counter, body=body))
        else:
            self.statements = outside + self.statements
        for symbol in visible:
            self.keep(Name(symbol))

    def function(self, overload: Overload) -> None:
        """Try a statement of functions in one that is called."""
        parameters = (Symbol("x", FLOAT, "value"), Symbol("flag", BOOL, "value"))
        fillings: list[Filling] = [
            Name(parameters[1]) if isinstance(hole, Expr) else Name(parameters[0]) for _, hole in overload.holes
        ]
        name = f"function{self.number()}"
        result = Apply(row_at("neg", FLOAT), (Name(parameters[0]),))
        self.functions.append(Function(name, parameters, Body((Apply(overload, tuple(fillings)),)), result))
        from grammar.expressions import call_overload

        call = call_overload((FLOAT, BOOL), FLOAT)
        self.keep(Apply(call, (Symbol(name, FLOAT, "function"), self.element(FLOAT, "_x"), self.element(BOOL, "_y"))))

    def effect(self) -> Apply:
        """A statement that matters whatever is around it."""
        target = self.array(FLOAT, 1, "atomic_add")
        value = self.element(FLOAT, "_e")
        return applied(row_at("atomic_add1", FLOAT), array=target, i=Name(THREADS[0]), value=value)

    def fill(self, hole: Hole, filled: dict[str, Filling], tag: str, form: str, variant: int) -> Filling:
        match hole:
            case Expr():
                return self.operand(_type(hole), tag, form)
            case Const(_, values):
                return Literal(values[variant % len(values)], _type(hole))
            case Zero():
                return Literal(0, _type(hole), start=True)
            case Input(_, rank):
                return self.array(_type(hole), rank, "read", tag)
            case Output(_, rank, access):
                return self.array(_type(hole), rank, access, f"_{self.number()}")
            case Index(_, axis):
                return Name(THREADS[axis])
            case Thread(axis):
                return Name(THREADS[axis])
            case SizeOf(index):
                at = filled[index]
                assert isinstance(at, Name)
                assert at.symbol.index_of is not None
                return self.size(at.symbol.index_of)
            case Fresh():
                return Symbol(f"made{self.number()}", _type(hole), "local")
            case Lookup(rank):
                return self.array(INT, rank, "lookup", tag)
            case Pointer():
                return Symbol(f"found{self.number()}", INT, "pointer", index_of=AXES[0])
            case Bound("fixed"):
                return Literal(4, INT)
            case Bound("offsets"):
                return self.array(INT, 1, "offsets", tag)
            case Bound():
                return self.size(AXES[0])
            case Counter():
                return Symbol(f"k{self.number()}", INT, "counter", index_of=AXES[0])
            case Block():
                return Body((self.effect(),))
            case Named():  # only an array's shape is asked for by a row of the catalogue
                return self.array(FLOAT, 3, "read", tag)
            case Target() | Result():
                message = f"{hole} is filled by whoever tries the statement"
                raise ValueError(message)

    def kernel(self) -> Kernel:
        """What was made."""
        return Kernel(
            self.name,
            "hand_made",
            (),
            tuple(self.functions),
            tuple(self.parameters.values()),
            self.rank,
            Body(tuple(self.statements)),
        )


def _type(hole: Expr | Const | Zero | Input | Output | Fresh | Target) -> Type:
    assert isinstance(hole.pattern, Type)
    return hole.pattern


def _result(overload: Overload) -> Type:
    assert overload.result is not None
    return overload.result


@dataclass(frozen=True)
class Trial:
    """An overload in one form and variant."""

    overload: Overload
    form: str
    variant: int = 0

    @property
    def name(self) -> str:
        """What a failure is reported as."""
        holes = [spell(hole.pattern) for _, hole in self.overload.holes if isinstance(hole, Expr | Input | Output)]  # type: ignore[arg-type]
        result = "" if self.overload.result is None else f" -> {spell(self.overload.result)}"
        return f"{self.overload.production.name}({', '.join(holes)}){result} [{self.form} {self.variant}]"


def variants(overload: Overload) -> int:
    """How many values the row's constants have, at most."""
    return max((len(hole.values) for _, hole in overload.holes if isinstance(hole, Const)), default=1)


def benches(trials: Sequence[Trial], size: int) -> Iterator[tuple[Kernel, Sequence[Trial]]]:
    """Kernels of so many trials each."""
    for start in range(0, len(trials), size):
        some = trials[start : start + size]
        bench = Bench(f"bench_{start}")
        for trial in some:
            if trial.overload.result is None:
                bench.statement(trial.overload, trial.form)
            else:
                bench.expression(trial.overload, trial.form, trial.variant)
        yield bench.kernel(), some


def sparse(production: Production, most: int) -> tuple[Overload, ...]:
    """A few overloads of a row, spread over its types."""
    every = production.expand()
    if len(every) <= most:
        return every
    return tuple(every[place * (len(every) - 1) // (most - 1)] for place in range(most))
