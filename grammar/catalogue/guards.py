"""How a value is brought into a domain: rows that wrap an expression where its use demands one."""

from __future__ import annotations

from grammar.catalogue.variables import MI, VLF, VLI, F, I, S
from grammar.holes import Const, Domain, Expr
from grammar.production import Production, row

ANY_S, ANY_F, ANY_I = Expr(S), Expr(F), Expr(I)

GUARDS: dict[Domain, tuple[Production, ...]] = {
    Domain.NONZERO: (
        row("at_least", "wp.max({x}, {least})", S, x=ANY_S, least=Const(S, (1.0, 2.0)), tags="domain"),
        row("away_from_zero", "wp.abs({x}) + {least}", F, x=ANY_F, least=Const(F, (1.0, 0.5, 0.25)), tags="domain"),
        row("square_plus", "{x} * {x} + {least}", F, x=ANY_F, least=Const(F, (1.0, 0.5)), tags="domain atom"),
        row("odd", "{x} | {one}", I, x=ANY_I, one=Const(I, (1.0,)), tags="domain unsigned"),
        row("max_ones", "wp.max({x}, {ones})", VLI, x=Expr(VLI), ones=Const(VLI, (1.0, 2.0)), tags="domain"),
        row("away_from_zero_vec", "wp.max({x}, {ones})", VLF, x=Expr(VLF), ones=Const(VLF, (1.0, 0.5)), tags="domain"),
        row("odd_mat", "{x} | {ones}", MI, x=Expr(MI), ones=Const(MI, (1.0,)), tags="domain"),
    ),
    Domain.POSITIVE: (
        row("positive", "wp.max({x}, {least})", F, x=ANY_F, least=Const(F, (0.001, 0.01, 1.0)), tags="domain"),
        row("positive_abs", "wp.abs({x}) + {least}", F, x=ANY_F, least=Const(F, (1.0, 0.5, 0.125)), tags="domain"),
        row("positive_square", "{x} * {x} + {least}", F, x=ANY_F, least=Const(F, (1.0, 0.5)), tags="domain atom"),
        row("positive_exp", "wp.exp(-wp.abs({x}))", F, x=ANY_F, tags="domain"),
    ),
    Domain.UNIT: (
        row(
            "unit_clamp",
            "wp.clamp({x}, {low}, {high})",
            F,
            x=ANY_F,
            low=Const(F, (-1.0,)),
            high=Const(F, (1.0,)),
            tags="domain",
        ),
        row("unit_sin", "wp.sin({x})", F, x=ANY_F, tags="domain"),
        row("unit_tanh", "wp.tanh({x})", F, x=ANY_F, tags="domain"),
    ),
    Domain.SHIFT: tuple(
        row(f"low_bits{suffix}", "{x} & {mask}", of, x=Expr(of), mask=Const(of, (7.0, 3.0)), tags="domain")
        for suffix, of in (("", I), ("_vec", VLI), ("_mat", MI))
    ),
    Domain.MODERATE: (
        row("moderate", "wp.min({x}, {high})", F, x=ANY_F, high=Const(F, (10.0, 8.0, 4.0)), tags="domain"),
        row("minus_square", "-{x} * {x}", F, x=ANY_F, tags="domain atom"),
        row("minus_abs", "-wp.abs({x})", F, x=ANY_F, tags="domain"),
    ),
    Domain.FINITE: (
        row(
            "finite",
            "wp.clamp({x}, {low}, {high})",
            F,
            x=ANY_F,
            low=Const(F, (0.0,)),
            high=Const(F, (100.0, 15.0, 63.0, 10.0)),
            tags="domain",
        ),
        row(
            "finite_vec",
            "wp.min(wp.max({x}, {low}), {high})",
            VLF,
            x=Expr(VLF),
            low=Const(VLF, (0.0,)),
            high=Const(VLF, (100.0, 15.0, 63.0, 10.0)),
            tags="domain",
        ),
    ),
}
