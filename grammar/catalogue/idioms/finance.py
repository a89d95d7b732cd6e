"""Idioms of finance and of series: random walks, prices, payments, epidemics."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    DT,
    F,
    I,
    at_both,
    formula,
    idiom,
    inner,
    items,
    spelled,
)
from grammar.holes import Bound, Const, Counter, Domain, Expr, Fresh, Given, Zero
from grammar.types import INT, TypeVariable

STEP = Given(F, DT)

SERIES: Rows = (
    idiom(
        "brownian_step",
        "steps prices by geometric Brownian motion",
        "{s} = {prices}[{i}]\n{drift} = ({mu} - 0.5 * {sigma} * {sigma}) * {dt}\n"
        "{new} = {s} * wp.exp({drift} + {sigma} * wp.sqrt(wp.abs({dt})) * {noise})",
        "math",
        i=I,
        noise=Expr(F, Domain.UNIT),
        prices=items(F, "prices spots"),
        mu=Given(F, "drift mu"),
        sigma=Given(F, "volatility sigma"),
        dt=STEP,
        s=inner(F, "s"),
        drift=inner(F, "growth"),
        new=Fresh(F, "s_next"),
    ),
    idiom(
        "mean_reversion",
        "draws rates back to their mean",
        "{r} = {rates}[{i}]\n{new} = {r} + {speed} * ({mean} - {r}) * {dt} + {sigma} * wp.sqrt(wp.abs({dt})) * {noise}",
        "math",
        i=I,
        noise=Expr(F),
        rates=items(F, "rates short_rates"),
        speed=Given(F, "reversion_speed kappa"),
        mean=Given(F, "long_rate mean_level"),
        sigma=Given(F, "volatility sigma"),
        dt=STEP,
        r=inner(F, "r"),
        new=Fresh(F, "r_next"),
    ),
    idiom(
        "discounted_payments",
        "discounts payments to the present",
        "{factor} = {one} / (1.0 + wp.abs({rate}))\n{discount} = {factor}\n{value} = {zero}\nfor {k} in range({n}):\n"
        "    {value} += {payments}[{k}] * {discount}\n    {discount} = {discount} * {factor}",
        "loop",
        one=Const(F, (1.0,)),
        rate=Expr(F),
        n=Bound("extent"),
        k=Counter("n", "k year"),
        payments=items(F, "payments coupons cash_flows", "k"),
        zero=Zero(F),
        factor=inner(F, "factor"),
        discount=inner(F, "discount"),
        value=Fresh(F, "present_value", mutable=True),
    ),
    idiom(
        "barrier_option",
        "follows paths up to a barrier",
        "{s} = {spot}\n{alive} = int(1)\nfor {k} in range({n}):\n    {s} = {s} * (1.0 + {returns}[{i}, {k}])\n"
        "    if {s} > {barrier}:\n        {alive} = 0\n        break\n{payoff} = {T}({alive}) * wp.max({s} - {strike}, 0.0)",
        "loop branch",
        i=I,
        spot=Expr(F),
        n=Bound("extent"),
        k=Counter("n", "k step"),
        returns=items(F, "returns shocks path_returns", "i k"),
        barrier=Given(F, "barrier"),
        strike=Given(F, "strike"),
        T=spelled(),
        s=inner(F, "s"),
        alive=inner(INT, "alive"),
        payoff=Fresh(F, "payoff"),
    ),
    idiom(
        "drawdown",
        "finds the largest fall from a peak",
        "{peak} = {x}[{i}, 0]\n{fall} = {zero}\nfor {k} in range({n}):\n    {peak} = wp.max({peak}, {x}[{i}, {k}])\n"
        "    {fall} = wp.max({fall}, {peak} - {x}[{i}, {k}])",
        "loop math",
        i=I,
        n=Bound("extent"),
        k=Counter("n", "k t"),
        x=items(F, "paths prices series", "i k"),
        zero=Zero(F),
        peak=inner(F, "peak"),
        fall=Fresh(F, "drawdown", mutable=True),
    ),
    idiom(
        "epidemic",
        "spreads an epidemic among compartments",
        "{s} = {susceptible}[{i}]\n{r} = {infected}[{i}]\n{new} = wp.clamp({beta} * {s} * {r} * {dt}, 0.0, {s})\n"
        "{next} = {r} + {new} - {gamma} * {r} * {dt}",
        "math",
        i=I,
        beta=Expr(F),
        susceptible=items(F, "susceptible s_in"),
        infected=items(F, "infected i_in"),
        gamma=Given(F, "recovery_rate gamma"),
        dt=STEP,
        s=inner(F, "s"),
        r=inner(F, "r"),
        new=inner(F, "new_cases"),
        next=Fresh(F, "infected_next"),
    ),
)


def _prices(F: TypeVariable, suffix: str) -> Rows:
    """Prices by formulas above the kernel."""
    call = define(
        """
@wp.func
def {name}_tail(x: {T}) -> {T}:
    return 0.5 * wp.erfc(-0.707107 * x)


@wp.func
def {name}(s: {T}, strike: {T}, rate: {T}, sigma: {T}, years: {T}) -> {T}:
    width = wp.max(sigma * wp.sqrt(wp.max(years, 0.0)), 0.001)
    moneyness = wp.log(wp.max(s, 0.001) / wp.max(strike, 0.001))
    d1 = (moneyness + rate * years) / width + 0.5 * width
    return s * {name}_tail(d1) - strike * wp.exp(-rate * years) * {name}_tail(d1 - width)
""",
        "black_scholes call_price",
        F,
    )
    return (
        formula(
            f"option_price{suffix}",
            "prices options by Black and Scholes",
            "{f}({s}, {strike}, {rate}, {sigma}, {years})",
            "math helper",
            "price",
            F,
            F,
            f=call,
            s=Expr(F),
            strike=Given(F, "strike"),
            rate=Given(F, "rate risk_free"),
            sigma=Given(F, "volatility sigma"),
            years=Given(F, "years maturity"),
        ),
    )


FINANCE: Rows = (*SERIES, *at_both(_prices))
