"""Growth of kernels: from choices to a finished term."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grammar import likelihood, names
from grammar.choices import Choices, Table
from grammar.grammar import Grammar
from grammar.names import Names, family
from grammar.production import Expr, Fresh, Overload
from grammar.profile import Profile
from grammar.pruning import prune
from grammar.scope import Scope
from grammar.signature import READ, Signature
from grammar.statements import Statements
from grammar.term import Apply, Body, Expression, Filling, Function, Kernel, Name, Symbol, walk
from grammar.types import BOOL, INT, Matrix, Quaternion, Scalar, Struct, Type, Vector

INPUT_ROLES = frozenset({"value", "read", "lookup", "offsets"})
BORDER = "border"


def grow(grammar: Grammar, profile: Profile, choices: Choices) -> Kernel:
    """A kernel: a pure function of its arguments."""
    return Growth(grammar, profile, choices).kernel()


@dataclass(slots=True)
class Growth(Statements):
    """Grows one kernel."""

    def kernel(self) -> Kernel:
        """Grow it."""
        self.palette, self.locals = self.draw_types()
        self.signature = Signature(self.choices, 2 + self.choices.below(7))
        rank = Table.of(self.profile.ranks).pick(self.choices)
        start, scope = self.threads(rank)
        statements = [start]
        demands = list(self.profile.demands)
        struct_wanted = self.chance(self.profile.struct)
        first = self.first(scope, BORDER if "stencil" in demands and self.chance(850) else "")
        if first is not None:
            statement, scope = first
            statements.append(statement)
        if struct_wanted:
            extra, scope = self.struct(scope)
            statements += extra
        budget = max(self.budget(), self.profile.least)
        early = [demand for demand in demands if demand in {"branch", "loop", "multi", "nest"}]
        share = budget // (len(early) + 1)
        for demand in early:
            body, scope = self.block(self.choices.below(share + 1), scope, sink=False)
            statements += body.statements
            forced, scope = self.forced(demand, scope, max(share, 4))
            statements.append(forced)
        spent = sum(
            1
            for statement in statements
            for part in walk(statement)
            if isinstance(part, Apply) and part.overload.result is None
        )
        body, scope = self.block(max(0, budget - spent), scope, sink=False)
        statements += body.statements
        statements += self.finish(scope, [demand for demand in demands if demand not in early])
        kept, live = prune(Body(tuple(statements)), frozenset())
        if not any(symbol.name in live for symbol in scope.threads):  # every thread would do the same
            kept, live = prune(Body((*statements, self.store(scope))), frozenset())
        return self.finished(kept, live, rank)

    # --- the plan ---

    def draw_types(self) -> tuple[likelihood.Palette, tuple[tuple[Type, int], ...]]:
        """The types of this kernel, and how likely each is for a local."""
        real = Scalar(Table.of(self.profile.floats).pick(self.choices))
        weights: dict[Type, int] = {real: 50, INT: 12, BOOL: 3}
        extra = Table.of(self.profile.integers).pick(self.choices)
        if extra:
            weights[Scalar(extra)] = 20
        for name, often in self.profile.compounds:
            if self.chance(often):
                weights[_compound(name, real)] = 25 if name.startswith("vec") else 15
        if self.profile.core and not any(
            name.startswith(self.profile.core) and _compound(name, real) in weights
            for name, _ in self.profile.compounds
        ):
            core = next(name for name, _ in self.profile.compounds if name.startswith(self.profile.core))
            weights[_compound(core, real)] = 30
        if "integer" in self.profile.demands:
            weights = {of: (8 if of == real else 30 if of != BOOL else 3) for of, _ in weights.items()}
        return frozenset(weights), tuple(weights.items())

    def budget(self) -> int:
        """How many statements the kernel aims at: its sizes' distribution is the profile's."""
        drawn = self.choices.below(1000)
        low_rate, low = 0, 1
        for rate, size in self.profile.quantiles:
            if drawn < rate:
                return low + (size - low) * (drawn - low_rate) // (rate - low_rate)
            low_rate, low = rate, size
        return low

    def threads(self, rank: int) -> tuple[Apply, Scope]:
        """The statement that asks which thread this is."""
        words = ((*names.THREADS[0],),) if rank == 1 else (("i",), ("j",), ("k",))
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
            for row in self.grammar.statements
            if "first" in row.tags
            and f"rank{len(scope.threads)}" in row.needs
            and (BORDER in row.tags) == (tag == BORDER)
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

    # --- structs ---

    def struct(self, scope: Scope) -> tuple[list[Apply], Scope]:
        """A struct for this kernel: passed by value, or an array of it of which the thread reads its element."""
        name, single, plural = names.STRUCTS[self.choices.below(len(names.STRUCTS))]
        taken = Names(set())
        fields: list[tuple[str, Type]] = []
        for _ in range(2 + self.choices.below(4)):
            of = Table.of(self.locals).pick(self.choices)
            fields.append((taken.fresh(names.FIELDS[family(of)], self.choices), of))
        struct = Struct(name, tuple(fields))
        self.structs = (struct,)
        if self.chance(350):
            parameter = self.signature.add(Symbol(self.signature.names.numbered(single), struct, "value"))
            if "struct" in self.profile.demands:
                self.must.append(parameter)
            return [], scope
        extents = tuple(s.index_of for s in scope.threads if s.index_of is not None)[:1]
        array = self.signature.add(Symbol(self.signature.names.numbered(plural), struct, "read", extents))
        symbol = Symbol(self.signature.names.numbered(single), struct, "local")
        if "struct" in self.profile.demands:
            self.must.append(symbol)
        let = Overload(self.grammar.by_name["let"], (("value", Expr(struct)), ("name", Fresh(struct))), None)
        statement = Apply(let, (self.load(array, scope), symbol))
        return [statement], scope.seeing(symbol)

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
        planned = 1 + self.one_of(0, 0, 0, 1, 1, 2, 3) + len(self.unused) // 3
        while self.must or len(statements) < planned:
            symbol = self.next_unused(scope)
            if symbol is None and statements:
                break
            if symbol is None:
                statements.append(self.store(scope))
                break
            value = self.using(symbol, scope)
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

    def using(self, symbol: Symbol, scope: Scope) -> Expression:
        """A storable value that depends on a symbol."""
        self.unused.pop(symbol.name, None)
        value: Expression = Name(symbol)
        if isinstance(symbol.type, Struct):
            fields = [name for name, _ in symbol.type.fields]
            value = self.field_of(symbol, fields[self.choices.below(len(fields))])
        for _ in range(self.one_of(0, 0, 1, 1, 2, 3) or int(value.type == BOOL)):
            table = likelihood.users(self.grammar, self.profile, self.palette, value.type)
            if not table:
                break
            overload, place = table.pick(self.choices)
            value = self.apply(overload, scope, 1, given=(place, value))
        return value

    def demanded(self, demand: str, scope: Scope) -> Expression | None:
        """An expression that a category demands."""
        match demand:
            case "function":
                return self.call(self.likely(stored=True), scope)
            case "struct":
                return None  # the struct is in `must`
            case "scalar_param":
                real = next(of for of, _ in self.locals)
                self.must.append(self.signature.value(real))
                return None
            case "tree":
                return self.expression(next(of for of, _ in self.locals), scope, 5, deep=4)
        place = likelihood.Place(function=False, margin=scope.margin, rank=len(scope.threads))
        types = likelihood.tagged(self.grammar, self.profile, self.palette, demand, place)
        assert types, (demand, self.palette)
        table = self.table(types.pick(self.choices), scope, demand)
        return self.apply(table.pick(self.choices), scope, 2)

    def finished(self, body: Body, live: frozenset[str], rank: int) -> Kernel:
        """The kernel with what its body still uses."""
        used = [symbol for symbol in self.signature.symbols if symbol.name in live]
        order = {"value": 1, "size": 0, "read": 1, "lookup": 1, "offsets": 1}
        parameters = sorted(used, key=lambda symbol: order.get(symbol.role, 2))
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
        structs = tuple(s for s in self.structs if any(p.type == s for p in parameters))
        output = next((symbol for symbol in parameters if symbol.role not in order), None)
        return Kernel(
            self.title(output), self.profile.category, structs, tuple(functions), tuple(parameters), rank, body
        )

    def title(self, output: Symbol | None) -> str:
        """The kernel's name: what it does to its first output."""
        assert output is not None
        kind = "atomic" if output.role.startswith("atomic") else output.role
        verb = names.VERBS[kind][self.choices.below(len(names.VERBS[kind]))]
        noun = output.name.removeprefix("new_").removeprefix("out_")
        return self.signature.names.numbered(f"{verb}_{noun}")


def _with_margin(scope: Scope, margin: int) -> Scope:
    return replace(scope, margin=margin)


def _compound(name: str, real: Scalar) -> Type:
    """A type of a profile's list at the kernel's own width: `vec3` is `vec3d` where it works in doubles."""
    if name == "quat":
        return Quaternion(real)
    if name.startswith("mat"):
        return Matrix(int(name[3]), int(name[4]), real)
    return Vector(int(name[3]), INT if name.endswith("i") else real)
