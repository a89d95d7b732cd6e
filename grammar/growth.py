"""Growth of kernels: from choices to a finished term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grammar import names
from grammar.choices import Choices, pick
from grammar.expressions import place_in
from grammar.filling import NODES
from grammar.grammar import Grammar
from grammar.holes import Domain, Expr, Fresh, Index, Target
from grammar.likelihood import Likelihood
from grammar.literals import CONSTANTS_OF, LITERALS
from grammar.names import family
from grammar.plan import Planned
from grammar.production import Overload
from grammar.profile import Profile
from grammar.pruning import prune
from grammar.scope import Scope
from grammar.signature import HOST, READ, Signature
from grammar.term import Apply, Body, Expression, Filling, Function, Kernel, Name, Symbol, walk
from grammar.types import (
    BOOL,
    FLOAT,
    INT,
    Array,
    Scalar,
    Struct,
    Type,
    is_float,
    is_storable,
)
from grammar.wrong_results import wrong_result

FORWARD_ONLY = "option_forward_only"
INPUT_ROLES = frozenset({"value", "read", "lookup", "offsets"})
BORDER = "border"
STATEMENTS = frozenset({"branch", "loop", "multi", "nest", "idiom"})  # demands for a statement; others are for a value
LONG = 3  # parameters that a long kernel has room for beyond a short one's


def grow(grammar: Grammar, profile: Profile, choices: Choices) -> Kernel:
    """A kernel: a pure function of its arguments."""
    return Growth(grammar, profile, choices).kernel()


def exhibit(grammar: Grammar, profile: Profile, overloads: Sequence[Overload], choices: Choices) -> Kernel:
    """A kernel that contains some overloads, and little else: what growth makes around them of these choices.

    They have to agree on the rank of the launch: `ranks` of each is the same, or empty.
    """
    return Growth(grammar, profile, choices).exhibit(overloads)


@dataclass(slots=True)
class Growth(Planned):
    """Grows one kernel."""

    def kernel(self) -> Kernel:
        """Grow it."""
        features = self.draw_features()
        self.locals = self.draw_types()
        wanted = self.draw_overloads(features)
        palette = frozenset(of for of, _ in self.locals)
        off = frozenset(name for name, _ in self.profile.features) - features
        self.likelihood = Likelihood(self.grammar, self.profile, palette, off)
        self.closure = self.chance(self.profile.closure)
        budget = max(self.budget(), self.profile.least)
        start, scope = self.begin(self.draw_rank(wanted), min(budget // 6, LONG))
        statements = [start]
        demands = list(self.profile.demands)
        struct_wanted = self.chance(self.profile.struct)
        border = any(map(_reach, wanted)) or ("stencil" in demands and self.chance(850))
        first = self.first(scope, BORDER if border else "")
        if first is not None:
            statement, scope = first
            statements.append(statement)
        if struct_wanted:
            extra, scope = self.struct(scope)
            statements += extra
        early = [demand for demand in demands if STATEMENTS & set(demand.split())]
        share = budget // (len(early) + 1)
        for demand in early:
            body, scope = self.block(self.choices.below(share + 1), scope, sink=False)
            statements += body.statements
            forced, scope = self.forced(demand, scope, max(share, 4))
            statements.append(forced)
        for overload in wanted:
            extra, scope = self.shown(overload, scope)
            statements += extra
        body, scope = self.block(max(0, budget - _count(statements)), scope, sink=False)
        statements += body.statements
        statements += self.finish(scope, [demand for demand in demands if demand not in early])
        return self.closed(statements, scope, features)

    def exhibit(self, overloads: Sequence[Overload]) -> Kernel:
        """A kernel around some overloads."""
        self.locals = ((FLOAT, 10), (INT, 5))
        palette = frozenset({FLOAT, INT, *(of for overload in overloads for of in _types(overload))})
        self.likelihood = Likelihood(self.grammar, self.profile, palette, frozenset())
        start, scope = self.begin(self.draw_rank(overloads))
        first = self.first(scope, BORDER) if any(map(_reach, overloads)) else None
        statements = [start]
        if first is not None:
            statements.append(first[0])
            scope = first[1]
        for overload in overloads:
            extra, scope = self.shown(overload, scope)
            statements += extra
        return self.closed([*statements, *self.finish(scope, [])], scope, frozenset())

    def begin(self, rank: int, extra: int = 0) -> tuple[Apply, Scope]:
        """The signature, with more room in a longer kernel, and the statement that asks which thread this is."""
        self.signature = Signature(self.choices, pick(self.profile.room, self.choices) + extra)
        self.module_names = self.signature.names
        return self.threads(rank)

    def closed(self, statements: list[Apply], scope: Scope, features: frozenset[str]) -> Kernel:
        """The kernel of these statements, without those that reach no output."""
        kept, live = prune(Body(tuple(statements)), frozenset())
        if not kept.statements or kept.statements[0].row != statements[0].row:  # every thread would do the same
            kept, live = prune(Body((*statements, self.store(scope))), frozenset())
        kernel = self.finished(kept, live, len(scope.threads), features)
        real = self.locals[0][0]
        kernel = replace(
            kernel,
            closure=self.closure and bool(kernel.constants),
            generic=frozenset({real} if self.chance(self.profile.generic_kernel) else ()),
            explicit=self.chance(self.profile.explicit) and not _verbatim(kernel.body),
            options=self.draw_options(kernel),
        )
        if wrong_result(kernel, "compile") is None or any(option.row == FORWARD_ONLY for option in kernel.options):
            return kernel
        forward = Apply(self.grammar.by_name[FORWARD_ONLY].at({}), ())  # the bugs of this kind are of adjoints
        return replace(kernel, options=(*kernel.options, forward))

    def shown(self, overload: Overload, scope: Scope) -> tuple[list[Apply], Scope]:
        """Statements that contain an overload, whose effect has to reach an output."""
        statements: list[Apply] = []
        self.forcing, self.anchors = True, scope.mutable
        if overload.result is not None:
            self.nodes = NODES
            value = self.apply(overload, scope, 1)
            symbol, scope = self.fresh(value.type, overload.production.noun, scope, mutable=False)
            statements.append(_let(self.grammar, value, symbol))
        else:
            for _, hole in overload.holes:
                if isinstance(hole, Target):
                    of = hole.pattern
                    assert isinstance(of, Type)
                    value = self.expression(of, scope, 1, plain=False)
                    symbol, scope = self.fresh(of, "", scope, mutable=True)
                    statements.append(_let(self.grammar, value, symbol))
            statement, scope, _ = self.place_statement(overload, scope, 4)
            statements.append(statement)
        self.forcing = False
        return statements, scope

    def threads(self, rank: int) -> tuple[Apply, Scope]:
        """The statement that asks which thread this is."""
        words = ((*names.THREADS[0],),) if rank == 1 else (("i",), ("j",), ("k",), ("l",))
        symbols = tuple(
            Symbol(
                self.signature.names.fresh(words[axis], self.choices), INT, "thread", index_of=self.signature.extent()
            )
            for axis in range(rank)
        )
        scope = Scope(symbols=symbols, own=symbols, threads=symbols)
        return Apply(self.grammar.by_name[f"tid{rank}"].at({}), symbols), scope

    def first(self, scope: Scope, tag: str) -> tuple[Apply, Scope] | None:
        """The guard a kernel begins with: against surplus threads, or to keep off the borders."""
        if not tag and not self.chance(self.profile.bounds):
            return None
        rows = [
            row
            for row in self.grammar.tagged.get("first", ())
            if f"rank{len(scope.threads)}" in row.needs and (BORDER in row.tags) == (tag == BORDER)
        ]
        if not rows:
            return None
        overload = rows[0].at({})
        fillings: list[Filling] = []
        filled: dict[str, Filling] = {}
        for name, hole in overload.holes:
            filled[name] = self.fill(hole, overload, filled, scope)[0]
            fillings.append(filled[name])
        return Apply(overload, tuple(fillings)), _with_margin(scope, 1 if tag == BORDER else 0)

    # --- the end ---

    def finish(self, scope: Scope, demands: list[str]) -> list[Apply]:
        """The statements that bring what was computed to outputs, and what the category demands."""
        statements: list[Apply] = []
        visible = {symbol.name for symbol in (*scope.symbols, *self.signature.symbols)}
        self.must = [symbol for symbol in self.must if symbol.name in visible]
        for demand in demands:
            if demand == "atomic":
                statements.append(self.atomic(scope))
            else:
                value = self.demanded(demand, scope)
                if value is not None:
                    statements.append(self.store(scope, value, value.type))
        planned = 1 + self.one_of(0, 0, 0, 0, 0, 0, 1, 2) + len(self.unused) // 6
        while self.must or len(statements) < planned:
            symbol = self.next_unused(scope)
            if symbol is None and statements:
                break
            if symbol is None:
                statements.append(self.store(scope))
                break
            value = self.using(symbol, scope)
            if not self.has_store(value.type, scope):  # a tile that nothing takes
                continue
            if self.chance(150) and value.type != BOOL and family(value.type) == "float":
                statements.append(self.atomic(scope, value, value.type))
            else:
                statements.append(self.store(scope, value, value.type))
        if not any(symbol.role in INPUT_ROLES for symbol in self.signature.symbols):
            of = self.likely(stored=True)
            array = self.signature.array(of, self.signature.axes(scope, None), READ)
            statements.append(self.store(scope, self.load(array, scope), of))
        return statements

    def next_unused(self, scope: Scope) -> Symbol | None:
        """A value that has to reach an output, else the latest that nothing read yet."""
        if self.must:
            return self.must.pop()
        visible = {symbol.name for symbol in scope.symbols if symbol.role == "local"}
        return next((symbol for name, symbol in reversed(self.unused.items()) if name in visible), None)

    def joined(self, value: Expression, scope: Scope) -> Expression:
        """A value together with one that varies."""
        users = self.likelihood.users(value.type, place_in(scope))
        several = [
            (option, often - before)
            for option, often, before in zip(users.options, users.cumulative, (0, *users.cumulative), strict=False)
            if sum(isinstance(hole, Expr) for _, hole in option[0].holes) > 1
        ]
        overload, place = pick(several, self.choices)
        return self.apply(overload, scope, 1, given=(place, value))

    def using(self, symbol: Symbol, scope: Scope) -> Expression:
        """A storable value that depends on a symbol."""
        self.unused.pop(symbol.name, None)
        value: Expression = Name(symbol)
        if isinstance(symbol.type, Struct):
            fields = [name for name, of in symbol.type.fields if is_storable(of)]
            value = self.field_of(symbol, fields[self.choices.below(len(fields))])
        steps = self.one_of(0, 1, 1, 2, 2, 3) if len(self.unused) > 1 else self.one_of(0, 0, 1, 2)
        while steps > 0 or not self.has_store(value.type, scope):
            table = self.likelihood.users(value.type, place_in(scope))
            if not self.has_store(value.type, scope) and (not table or steps < 0):
                table = self.likelihood.takers(value.type, place_in(scope))
            if not table:
                break
            overload, place = table.pick(self.choices)
            value = self.apply(overload, scope, 1, given=(place, value))
            steps -= 1
        return value

    def demanded(self, demand: str, scope: Scope) -> Expression | None:
        """An expression that a category demands."""
        match demand:
            case "function":
                return self.call(self.likely(stored=True), scope)
            case "struct":
                return None  # the struct is in `must`
            case "generic":
                function, symbol = self.function(self.likely(stored=True))
                function = replace(function, generic=True)
                self.functions.append((function, symbol))
                return self.called(function, symbol, scope)
            case "constant":
                bare = next(of for of, _ in self.locals if isinstance(of, Scalar) and of in CONSTANTS_OF)
                name = self.constant(bare, LITERALS[Domain.ANY][0 if is_float(bare) else 1])
                return self.joined(name, scope)
            case "scalar_param":
                real = next(of for of, _ in self.locals)
                self.must.append(self.signature.value(real))
                return None
            case "narrow":  # a float of 16 bits, which the category's kernels work on
                rows = self.table(self.locals[0][0], scope, "arithmetic")
                return self.apply(rows.pick(self.choices), scope, 2)
            case "tree":
                return self.expression(next(of for of, _ in self.locals), scope, 5, deep=4)
        place = place_in(scope)
        types = self.likelihood.tagged(demand, place)
        assert types, (demand, self.likelihood.palette)
        table = self.table(types.pick(self.choices), scope, demand)
        return self.apply(table.pick(self.choices), scope, 2)

    def finished(self, body: Body, live: frozenset[str], rank: int, features: frozenset[str]) -> Kernel:
        """The kernel with what its body still uses."""
        used = [symbol for symbol in self.signature.symbols if symbol.name in live and symbol.owner is None]
        parameters = sorted(used, key=_order)
        called = {part.name for part in walk(body) if isinstance(part, Symbol) and part.role == "function"}
        functions: list[Function] = []
        for function, _ in reversed(self.functions):
            if function.name in called:
                functions.insert(0, function)
                called |= {
                    p.name
                    for t in (function.body, function.result)
                    for p in walk(t)
                    if isinstance(p, Symbol) and p.role == "function"
                }
        locals_ = (part for part in walk(body) if isinstance(part, Symbol))
        structs = _structs(symbol.type for symbol in (*parameters, *locals_))
        output = next((symbol for symbol in parameters if _order(symbol) == OUTPUTS), None)
        return Kernel(
            name=self.title(output),
            category=self.profile.category,
            structs=structs,
            functions=tuple(functions),
            parameters=tuple(parameters),
            rank=rank,
            body=body,
            features=tuple(sorted(features)),
        )

    def title(self, output: Symbol | None) -> str:
        """The kernel's name: what it does to its first output."""
        assert output is not None
        kind = "atomic" if output.role.startswith("atomic") else output.role
        verb = names.VERBS[kind][self.choices.below(len(names.VERBS[kind]))]
        noun = output.name.removeprefix("new_").removeprefix("out_")
        return self.signature.names.numbered(f"{verb}_{noun}")


def _structs(types: Iterable[Type]) -> tuple[Struct, ...]:
    """The structs among some types and among the fields of those, each once, after those that it holds."""
    found: dict[str, Struct] = {}
    for of in types:
        if isinstance(of, Struct) and of.name not in found:
            held = (field.element if isinstance(field, Array) else field for _, field in of.fields)
            found |= {inner.name: inner for inner in _structs(held)}
            found[of.name] = of
    return tuple(found.values())


OUTPUTS = 2  # where they stand among the arguments: sizes, inputs, outputs


def _order(symbol: Symbol) -> int:
    if symbol.role == "size":
        return 0
    return 1 if symbol.role in INPUT_ROLES or symbol.role.startswith(HOST) else OUTPUTS


def _let(grammar: Grammar, value: Expression, symbol: Symbol) -> Apply:
    """The statement that binds a value to a local of its type."""
    let = Overload(grammar.by_name["let"], (("value", Expr(value.type)), ("name", Fresh(value.type))), None)
    return Apply(let, (value, symbol))


def _verbatim(body: Body) -> bool:
    """Whether a row stands in it whose `float` may not be written `wp.float32`."""
    return any(isinstance(part, Apply) and "verbatim" in part.overload.production.tags for part in walk(body))


def _count(statements: Sequence[Apply]) -> int:
    """How many statements there are, those in blocks too."""
    parts = (part for statement in statements for part in walk(statement))
    return sum(isinstance(part, Apply) and part.overload.result is None for part in parts)


def _types(overload: Overload) -> set[Type]:
    """The types of what an overload takes, makes and gives."""
    found = {getattr(hole, "pattern", None) for _, hole in overload.holes}
    return {of for of in (*found, overload.result) if isinstance(of, Type)}


def _reach(overload: Overload) -> int:
    """How far around the thread's own element an overload reads."""
    own = [hole for _, hole in overload.holes if isinstance(hole, Index) and hole.own]
    return max((hole.reach for hole in own), default=0)


def _with_margin(scope: Scope, margin: int) -> Scope:
    return scope._replace(margin=margin)
