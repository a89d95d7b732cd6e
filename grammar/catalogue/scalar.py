"""Built-ins on scalars."""

from __future__ import annotations

from grammar.catalogue.variables import F, I, S, Z
from grammar.holes import Domain, Expr
from grammar.production import Production, call
from grammar.types import BOOL, INT

UNIT = Expr(F, Domain.UNIT)
POSITIVE = Expr(F, Domain.POSITIVE)
MODERATE = Expr(F, Domain.MODERATE)

SCALAR: tuple[Production, ...] = (
    call("max", S, a=S, b=Expr(S, Domain.COMPARED), tags="math", noun="upper"),
    call("min", S, a=S, b=S, tags="math", noun="lower"),
    call("abs", Z, x=Z, tags="math", noun="magnitude"),
    call("clamp", S, x=S, low=Expr(S, Domain.COMPARED), high=S, tags="math", noun="clamped"),
    call("sign", Z, x=Z, tags="math", noun="side"),
    call("step", S, x=S, tags="math", noun="side"),
    call("nonzero", S, x=S, tags="math", noun="active"),
    call("bit_count", INT, x=I, tags="bits integer", noun="bits"),
    call("copysign", F, x=F, y=F, tags="math", noun="signed"),
    call("sqrt", F, x=POSITIVE, tags="math", noun="root"),
    call("exp", F, x=MODERATE, tags="math", noun="weight"),
    call("sin", F, x=F, tags="math", noun="s"),
    call("cos", F, x=F, tags="math", noun="c"),
    call("log", F, x=POSITIVE, tags="math", noun="level"),
    call("floor", F, x=F, tags="math", noun="base"),
    call("ceil", F, x=F, tags="math", noun="top"),
    call("pow", F, x=POSITIVE, y=MODERATE, tags="math", noun="power"),
    call("atan2", F, y=F, x=F, tags="math", noun="angle"),
    call("tanh", F, x=F, tags="math", noun="activation"),
    call("tan", F, x=F, tags="math", noun="slope"),
    call("acos", F, x=UNIT, tags="math", noun="angle"),
    call("asin", F, x=UNIT, tags="math", noun="angle"),
    call("atan", F, x=F, tags="math", noun="angle"),
    call("sinh", F, x=MODERATE, tags="math", noun="s"),
    call("cosh", F, x=MODERATE, tags="math", noun="c"),
    call("cbrt", F, x=F, tags="math", noun="root"),
    call("log2", F, x=POSITIVE, tags="math", noun="level"),
    call("log10", F, x=POSITIVE, tags="math", noun="level"),
    call("degrees", F, x=F, tags="math", noun="angle"),
    call("radians", F, x=F, tags="math", noun="angle"),
    call("round", F, x=F, tags="math", noun="rounded"),
    call("rint", F, x=F, tags="math", noun="rounded"),
    call("trunc", F, x=F, tags="math", noun="whole"),
    call("frac", F, x=F, tags="math", noun="fraction"),
    call("erf", F, x=F, tags="math", noun="tail"),
    call("erfc", F, x=F, tags="math", noun="tail"),
    call("erfinv", F, x=UNIT, tags="math", noun="quantile"),
    call("erfcinv", F, x=POSITIVE, tags="math", noun="quantile"),
    call("isfinite", BOOL, a=F, tags="math condition", noun="finite"),
    call("isnan", BOOL, a=F, tags="math condition", noun="invalid"),
    call("isinf", BOOL, a=F, tags="math condition", noun="overflow"),
    call("smoothstep", F, a=F, b=F, x=F, tags="math", noun="fade"),
    call("lerp", F, a=F, b=F, t=UNIT, tags="math", noun="blended"),
)
