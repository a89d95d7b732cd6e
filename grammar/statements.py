"""Growth of statements: blocks that end in what makes them matter, and functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grammar import names
from grammar.choices import pick
from grammar.expressions import Expressions
from grammar.holes import Block, Counter, Expr, Fresh, Output, Pointer, Target, Zero
from grammar.known_bugs import excluded
from grammar.leaves import element
from grammar.names import Names, family
from grammar.production import Overload, Production, needed
from grammar.pruning import prune, reads
from grammar.scope import Scope
from grammar.signature import VALUE, Signature
from grammar.term import Apply, Body, Filling, Function, Name, Symbol
from grammar.types import BOOL, INT, Binding, Tile, Type, is_storable, match, variables

MOST_AXES = 4  # of an array
DEEPEST = 8  # blocks in blocks


@dataclass(slots=True)
class Statements(Expressions):
    """Grows statements and the blocks they make."""

    locals: tuple[tuple[Type, int], ...] = ()  # what a new local is likely to be
    inner_demand: str = ""  # what the next block has to begin with
    anchors: tuple[Symbol, ...] = ()  # the locals outside a demanded statement that it may change

    def block(self, budget: int, scope: Scope, *, sink: bool) -> tuple[Body, Scope]:
        """A block of about `budget` statements; with `sink`, it ends by changing something outside itself."""
        statements: list[Apply] = []
        if self.inner_demand:
            tag, self.inner_demand = self.inner_demand, ""
            statement, scope = self.forced(tag, scope, max(budget, 2))
            statements.append(statement)
        remaining = budget - len(statements) - sink
        while remaining > 0:
            statement, scope, cost = self.statement(scope, remaining)
            statements.append(statement)
            remaining -= cost
        if sink:
            statement, scope = self.sink(scope)
            statements.append(statement)
        return Body(tuple(statements)), scope

    # --- one statement ---

    def context(self, scope: Scope, budget: int) -> frozenset[str]:
        """What a row may need, of what this place has."""
        words = {
            "function" if scope.returns is not None else "kernel",
            f"rank{len(scope.threads)}",
            f"own{len(scope.own)}",
        }
        if scope.loop:
            words.add("loop")
            if not scope.advances:
                words.add("whole")
        if scope.uniform:
            words.add("uniform")
        if scope.nested:
            words.add("nested")
        if scope.mutable:
            words.add("targets")
        if budget > 1 and scope.depth < DEEPEST and (scope.mutable or scope.returns is None):
            words.add("blocks")
        return frozenset(words)

    def statement(self, scope: Scope, budget: int, tag: str = "") -> tuple[Apply, Scope, int]:
        """One statement of a likely kind, the scope after it, and how many it counts for."""
        context = self.context(scope, budget)
        table = self.likelihood.statements(context, tag)
        production = table.pick(self.choices)
        binding = self.binding(production, scope)
        if binding is None or excluded(production.at(binding)):
            production = self.grammar.by_name["let"]
            binding = self.binding(production, scope)
            assert binding is not None
        return self.place_statement(production.at(binding), scope, budget)

    def bindings(self, production: Production, scope: Scope) -> list[tuple[Binding, int]]:
        """At what types a statement may be made, with their odds: a target's, else likely ones; or none."""
        found: list[tuple[Binding, int]] | None = None
        for _, hole in production.holes:
            if isinstance(hole, Target):
                pool = self.targets(production, scope)
                found = [(b, 10) for s in reversed(pool) if (b := match(hole.pattern, s.type)) is not None]
                break
        if found is None:
            for _, hole in production.holes:
                if isinstance(hole, Fresh | Output | Expr) and variables(hole.pattern):
                    found = [(b, often) for of, often in self.locals if (b := match(hole.pattern, of)) is not None]
                    break
        return [({}, 10)] if found is None else found

    def binding(self, production: Production, scope: Scope) -> Binding | None:
        """The types at which a statement is made; none if nothing here fits."""
        options = self.bindings(production, scope)
        if not options:
            return None
        binding = dict(pick(options, self.choices))
        for name, variable in production.variables.items():  # what no target and no local decides
            if name not in binding:
                likely = [value for value in variable.over if value in self.likelihood.palette] or variable.over
                binding[name] = likely[self.choices.below(len(likely))] if len(likely) > 1 else likely[0]
        return binding

    def place_statement(self, overload: Overload, scope: Scope, budget: int) -> tuple[Apply, Scope, int]:
        """A statement with its holes filled; locals made in its blocks stay there."""
        fillings: list[Filling] = []
        filled: dict[str, Filling] = {}
        exported: list[tuple[Symbol, bool]] = []
        inner, cost = scope, 1
        blocks = sum(isinstance(hole, Block) for _, hole in overload.holes)
        beside = self.beside
        for name, hole in overload.holes:
            if isinstance(hole, Block):
                share = self.share(budget, blocks)
                body, after = self.block(
                    share, inner.inside(loop=hole.loop, advances=hole.advances), sink=not hole.shares
                )
                cost += len(body.statements)
                if hole.shares:
                    inner = inner._replace(symbols=after.symbols)
                elif body.statements:
                    self.beside = (*self.beside, *body.statements[-1].fillings)
                filling: Filling = body
            elif isinstance(hole, Fresh):
                filling, seen = self.fill(hole, overload, filled, inner)
                assert isinstance(filling, Symbol)
                if hole.inner:
                    inner = seen
                else:
                    exported.append((filling, hole.mutable))
                if "mutable" in overload.production.tags and any(isinstance(h, Zero) for _, h in overload.holes):
                    self.unset.add(filling.name)
                    self.unused.pop(filling.name, None)
            else:
                filling, inner = self.fill(hole, overload, filled, inner)
                if isinstance(hole, Pointer) and isinstance(filling, Symbol) and not hole.inner:
                    exported.append((filling, False))
            fillings.append(filling)
            filled[name] = filling
        if (
            overload.production.name == "let"
            and isinstance(value := fillings[0], Apply)
            and value.row.startswith("load")
        ):
            self.held[element(value)] = exported[0][0]
        self.beside = beside
        self.owed = [counter for counter in self.owed if counter in scope.symbols]
        self.release(overload, filled)
        for symbol, mutable in exported:
            scope = scope.changing(symbol) if mutable else scope.seeing(symbol)
        return Apply(overload, tuple(fillings)), scope, cost

    def release(self, overload: Overload, filled: Mapping[str, Filling]) -> None:
        """Let later loops have the names of the counters of a statement that is complete."""
        for name, hole in overload.holes:
            symbol = filled[name]
            counts = isinstance(hole, Counter) or (isinstance(hole, Fresh) and hole.inner)
            if counts and isinstance(symbol, Symbol) and symbol.type == INT:
                self.signature.names.idle.append(symbol.name)

    def share(self, budget: int, blocks: int) -> int:
        """How many statements one of the blocks of a statement gets."""
        most = max(1, min(budget - 1, 2 + budget // 2) // max(blocks, 1))
        return 1 + self.choices.below(most) if most > 1 else 1

    def forced(self, tag: str, scope: Scope, budget: int) -> tuple[Apply, Scope]:
        """A statement with a tag, of which everything that it makes has to reach an output."""
        self.forcing, self.anchors = True, scope.mutable
        nest = tag in {"nest", "nested_inner"}
        if tag == "nest":
            self.inner_demand, tag = "nested_inner", "loop"
        tags = {"nested_inner": ("loop", "branch")}.get(tag, (tag,))
        wanted = set((tags[self.choices.below(len(tags))] if len(tags) > 1 else tags[0]).split())
        context = self.context(scope, budget)
        options = [
            (production, self.likelihood.weights[production.name])
            for production in self.grammar.tagged.get(min(wanted), ())
            if wanted <= production.tags
            and needed(production) <= context
            and not production.tags & {"first", "guard"}
            and (not nest or _has_block(production))
            and self.bindings(production, scope)
        ]
        production = pick(options, self.choices)
        binding = self.binding(production, scope)
        assert binding is not None, production.name
        statement, scope, _ = self.place_statement(production.at(binding), scope, budget)
        self.inner_demand, self.forcing = "", False
        return statement, scope

    # --- sinks ---

    def sink(self, scope: Scope) -> tuple[Apply, Scope]:
        """A statement that changes what is outside the block: a local of an outer block, or an array."""
        # What a category demands may only change locals that the kernel's end still sees.
        nested = tuple(s for s in scope.nested if is_storable(s.type) and (not self.forcing or s in self.anchors))
        counts = any(counter in scope.own for counter in self.owed)  # a store names the trip by its counter
        kernel = scope.returns is None
        options = [
            ("assign", (2 if scope.loop else 8) if set(nested) - {*self.must} and not self.forcing else 0),
            ("augment", (16 if scope.loop else 6) if nested else 0),
            ("store", (14 if counts else 4) if kernel and len(scope.own) <= MOST_AXES else 0),
            ("atomic", 2 if kernel else 0),
        ]
        match pick(options, self.choices):
            case "assign":
                production = self.grammar.by_name["assign"]
            case "augment":
                production = self.grammar.by_name["aug_add"]
            case "store":
                return self.store(scope), scope
            case _:
                return self.atomic(scope), scope
        inner = scope._replace(mutable=nested, nested=nested)
        binding = self.binding(production, inner)
        assert binding is not None
        self.closing = True
        statement, _, _ = self.place_statement(production.at(binding), inner, 1)
        self.closing = False
        return statement, scope

    def likely(self, *, stored: bool) -> Type:
        """A likely type of a local, or of what an array holds."""
        fitting = [(of, often) for of, often in self.locals if not stored or (of != BOOL and is_storable(of))]
        return pick(fitting, self.choices)

    def store(self, scope: Scope, value: Filling | None = None, of: Type | None = None) -> Apply:
        """A store of a value to the thread's own element of a new array."""
        of = of or self.likely(stored=True)
        if isinstance(of, Tile):
            return self.store_tile(scope, of, value)
        rank = len(scope.own)
        suffix = {"vec": "_vec", "mat": "_mat", "quat": "_quat", "transform": "_transform"}.get(family(of), "")
        if value is None:
            value = self.expression(of, scope, self.fuel(), avoid=self.beside)
        # The threads of a block would each do it.
        alone = "tile" not in self.profile.demands
        update = alone and rank == len(scope.threads) and rank < 3 and self.chance(60)
        if update:
            production = self.grammar.by_name.get(f"update{rank}_add{suffix}")
            if production is not None and self._stores(production, of):
                return self.into(production, of, scope, value)
        return self.into(self.grammar.by_name[f"store{rank}{suffix}"], of, scope, value)

    def store_tile(self, scope: Scope, of: Tile, value: Filling | None) -> Apply:
        """A store of a tile to where the block's own part of an array lies."""
        options = self.tile_stores(scope, of)
        assert options, f"no row stores a {of}"
        production = pick(options, self.choices)
        if value is None:
            value = self.expression(of, scope, 1)
        return self.into(production, of, scope, value)

    def tile_stores(self, scope: Scope, of: Tile) -> list[tuple[Production, int]]:
        """The rows that store a tile here."""
        context = self.context(scope, 1)
        return [
            (row, max(self.likelihood.weights[row.name], 1))
            for row in self.grammar.tagged.get("store", ())
            if "tile" in row.tags and row.needs <= context and self.stored(row, of) is not None
        ]

    def has_store(self, of: Type, scope: Scope) -> bool:
        """Whether a value of a type can be stored here as it is."""
        return bool(self.tile_stores(scope, of)) if isinstance(of, Tile) else is_storable(of) and of != BOOL

    @staticmethod
    def stored(production: Production, of: Type) -> Binding | None:
        """The binding at which a row stores a value of a type."""
        for name, hole in production.holes:
            if isinstance(hole, Expr) and name == "value":
                return match(hole.pattern, of)
        return None

    def atomic(self, scope: Scope, value: Filling | None = None, of: Type | None = None) -> Apply:
        """An atomic update of an array that threads share."""
        options = [
            (production, (150 if "atomic_add" in production.name else 15) // (1 if "1" in production.name else 4))
            for production in self.grammar.tagged.get("atomic", ())
            if of is None or self._stores(production, of)
        ]
        if not options or "tile" in self.profile.demands:  # Warp has no atomics of some widths, a block many threads
            return self.store(scope, value, of)
        production = pick(options, self.choices)
        if of is None:
            fitting = [(t, weight) for t, weight in self.locals if self._stores(production, t)]
            if not fitting:
                production = self.grammar.by_name["atomic_add1"]
                fitting = [(t, weight) for t, weight in self.locals if self._stores(production, t)]
            of = pick(fitting, self.choices)
        if value is None:
            value = self.expression(of, scope, self.fuel())
        return self.into(production, of, scope, value)

    @staticmethod
    def _stores(production: Production, of: Type) -> bool:
        return any(isinstance(hole, Output) and match(hole.pattern, of) is not None for _, hole in production.holes)

    def into(self, production: Production, of: Type, scope: Scope, value: Filling) -> Apply:
        """A row that writes a value to an array."""
        binding = self.stored(production, of)
        assert binding is not None, (production.name, of)
        overload = production.at(binding)
        fillings: list[Filling] = []
        filled: dict[str, Filling] = {}
        for name, hole in overload.holes:
            filling = value if name == "value" else self.fill(hole, overload, filled, scope)[0]
            fillings.append(filling)
            filled[name] = filling
        return Apply(overload, tuple(fillings))

    # --- functions ---

    def function(self, of: Type) -> tuple[Function, Symbol]:
        """A new function that gives a type, with its own signature and names."""
        kernel, unused, must, forcing = self.signature, self.unused, self.must, self.forcing
        nodes, closing, beside, owed, held = self.nodes, self.closing, self.beside, self.owed, self.held
        name = self.module_names.fresh(names.FUNCTIONS[family(of)], self.choices)
        self.signature = Signature(self.choices, 2 + self.choices.below(3), Names({*Names().taken, name}))
        self.unused, self.must, self.forcing = {}, [], False
        demand, self.inner_demand = self.inner_demand, ""
        self.closing, self.beside, self.owed, self.held = False, (), [], {}
        scope = Scope(returns=of, depth=1)
        body, scope = self.block(self.choices.below(6), scope, sink=False)
        result = self.expression(of, scope, self.fuel())
        if (
            isinstance(result, Name) and result.symbol.role == VALUE
        ):  # a function that gives its parameter back does nothing
            result = self.expression(of, scope, 1, deep=1)
        kept, live = prune(body, reads(result))
        parameters = tuple(symbol for symbol in self.signature.symbols if symbol.name in live)
        self.signature, self.unused, self.must, self.forcing = kernel, unused, must, forcing
        self.inner_demand = demand
        self.nodes, self.closing, self.beside, self.owed, self.held = nodes, closing, beside, owed, held
        generic = "generic" not in self.likelihood.off and self.chance(self.profile.generic)
        annotated = not generic and self.chance(self.profile.annotated)
        return Function(name, parameters, kept, result, generic, annotated), Symbol(name, of, "function")


def _has_block(production: Production) -> bool:
    """Whether a row has a block that ends in a sink."""
    return any(isinstance(hole, Block) and not hole.shares for _, hole in production.holes)
