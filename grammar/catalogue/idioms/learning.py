"""Idioms of statistics and learning: rows of a matrix, losses, activations, updates of parameters."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    F,
    Holes,
    I,
    at_both,
    formula,
    idiom,
    inner,
    items,
    spelled,
)
from grammar.holes import Bound, Counter, Domain, Expr, Fresh, Given, Pointer, Zero
from grammar.production import Effect
from grammar.types import INT, TypeVariable

# A row of a matrix for each thread, read along its columns.
ROW: Holes = {
    "i": I,
    "n": Bound("extent"),
    "k": Counter("n", "j k col"),
    "x": items(F, "logits scores features activations rows", "i k"),
}
LARGEST = "{top} = {x}[{i}, 0]\nfor {k} in range(1, {n}):\n    {top} = wp.max({top}, {x}[{i}, {k}])\n"

ROWS: Rows = (
    idiom(
        "softmax",
        "normalizes rows by a softmax",
        LARGEST + "{total} = {zero}\nfor {k} in range({n}):\n    {total} += wp.exp({x}[{i}, {k}] - {top})\n"
        "for {k} in range({n}):\n    {out}[{i}, {k}] = wp.exp({x}[{i}, {k}] - {top}) / {total}",
        "loop math",
        effect=Effect.WRITES,
        leading=ROW,
        zero=Zero(F),
        top=inner(F, "row_max"),
        total=inner(F, "total"),
        out=items(F, "probabilities attention softmax_out", "i k", access="write"),
        needs="kernel rank1",
    ),
    idiom(
        "log_sum_exp",
        "sums exponentials without overflow",
        LARGEST + "{total} = {zero}\nfor {k} in range({n}):\n    {total} += wp.exp({x}[{i}, {k}] - {top})\n"
        "{level} = {top} + wp.log({total})",
        "loop math",
        leading=ROW,
        zero=Zero(F),
        top=inner(F, "row_max"),
        total=inner(F, "total"),
        level=Fresh(F, "lse"),
    ),
    idiom(
        "cross_entropy",
        "takes the cross entropy of a row against its label",
        LARGEST + "{total} = {zero}\nfor {k} in range({n}):\n    {total} += wp.exp({x}[{i}, {k}] - {top})\n"
        "{loss} = {top} + wp.log({total}) - {x}[{i}, {labels}[{i}]]",
        "loop math gather",
        leading=ROW,
        labels=items(INT, "labels targets classes", into="k"),
        zero=Zero(F),
        top=inner(F, "row_max"),
        total=inner(F, "total"),
        loss=Fresh(F, "loss"),
    ),
    idiom(
        "layer_norm",
        "normalizes rows to mean 0 and variance 1",
        "{mean} = {zero}\nfor {k} in range({n}):\n    {mean} += {x}[{i}, {k}]\n{mean} = {mean} / {T}({n})\n"
        "{var} = {zero}\nfor {k} in range({n}):\n    {d} = {x}[{i}, {k}] - {mean}\n    {var} += {d} * {d}\n"
        "{scale} = 1.0 / wp.sqrt({var} / {T}({n}) + 1.0e-5)\n"
        "for {k} in range({n}):\n    {out}[{i}, {k}] = ({x}[{i}, {k}] - {mean}) * {scale} * {gain}[{k}]",
        "loop math",
        effect=Effect.WRITES,
        leading=ROW,
        T=spelled(),
        zero=Zero(F),
        mean=inner(F, "mean"),
        var=inner(F, "var"),
        d=inner(F, "d"),
        scale=inner(F, "inv_std"),
        gain=items(F, "gamma gains scales", "k"),
        out=items(F, "normalized layer_out", "i k", access="write"),
        needs="kernel rank1",
    ),
    idiom(
        "largest_column",
        "finds the column of the largest entry",
        "{top} = {x}[{i}, 0]\n{best} = int(0)\nfor {k} in range(1, {n}):\n    if {x}[{i}, {k}] > {top}:\n"
        "        {top} = {x}[{i}, {k}]\n        {best} = {k}",
        "loop branch",
        leading=ROW,
        top=inner(F, "top"),
        best=Fresh(INT, "best_index", mutable=True),
    ),
    idiom(
        "runner_up",
        "finds the two smallest entries of a row",
        "{a} = {far}\n{b} = {far}\nfor {k} in range({n}):\n    {v} = {x}[{i}, {k}]\n    if {v} < {a}:\n"
        "        {b} = {a}\n        {a} = {v}\n    elif {v} < {b}:\n        {b} = {v}\n{gap} = {b} - {a}",
        "loop branch multi",
        far=Given(F, "max_value upper_bound"),
        leading=ROW,
        a=inner(F, "smallest"),
        b=inner(F, "second"),
        v=inner(F, "v"),
        gap=Fresh(F, "gap"),
    ),
    idiom(
        "row_product",
        "multiplies a matrix by a vector",
        "{sum} = {zero}\nfor {k} in range({n}):\n    {sum} += {a}[{i}, {k}] * {x}[{k}]",
        "loop",
        i=I,
        n=Bound("extent"),
        k=Counter("n", "j k col"),
        a=items(F, "matrix weights a", "i k"),
        x=items(F, "x vector inputs", "k"),
        zero=Zero(F),
        sum=Fresh(F, "sum", mutable=True),
    ),
    idiom(
        "sparse_product",
        "multiplies a sparse matrix by a vector",
        "{sum} = {zero}\nfor {k} in range({offsets}[{i}], {offsets}[{i} + 1]):\n    {sum} += {a}[{k}] * {x}[{columns}[{k}]]",
        "loop gather",
        i=I,
        offsets=Bound("offsets"),
        k=Counter("offsets", "k slot entry"),
        columns=items(INT, "columns col_indices", "k", into="new"),
        a=items(F, "nonzeros matrix_values coefficients", "k"),
        x=items(F, "x vector", "columns"),
        zero=Zero(F),
        sum=Fresh(F, "sum", mutable=True),
    ),
    idiom(
        "row_norm",
        "takes the norms of sparse rows",
        "{sum} = {zero}\nfor {k} in range({offsets}[{i}], {offsets}[{i} + 1]):\n    {sum} += {a}[{k}] * {a}[{k}]\n{norm} = wp.sqrt({sum})",
        "loop gather math",
        i=I,
        offsets=Bound("offsets"),
        k=Counter("offsets", "k slot entry"),
        a=items(F, "nonzeros matrix_values coefficients", "k"),
        zero=Zero(F),
        sum=inner(F, "sum"),
        norm=Fresh(F, "norm"),
    ),
    idiom(
        "welford",
        "keeps a running mean and variance",
        "{mean} = {zero}\n{spread} = {start}\nfor {k} in range({n}):\n    {d} = {x}[{i}, {k}] - {mean}\n"
        "    {mean} += {d} / {T}({k} + 1)\n    {spread} += {d} * ({x}[{i}, {k}] - {mean})\n"
        "{score} = {mean} / wp.sqrt({spread} / {T}({n}) + 1.0e-6)",
        "loop math",
        leading=ROW,
        T=spelled(),
        zero=Zero(F),
        start=Zero(F),
        mean=inner(F, "mean"),
        spread=inner(F, "m2"),
        d=inner(F, "delta"),
        score=Fresh(F, "score"),
    ),
    idiom(
        "cosine_similarity",
        "compares rows by the cosine of their angle",
        "{ab} = {z0}\n{aa} = {z1}\n{bb} = {z2}\nfor {k} in range({n}):\n    {ab} += {x}[{i}, {k}] * {y}[{k}]\n"
        "    {aa} += {x}[{i}, {k}] * {x}[{i}, {k}]\n    {bb} += {y}[{k}] * {y}[{k}]\n"
        "{cos} = {ab} / wp.sqrt({aa} * {bb} + 1.0e-6)",
        "loop math",
        leading=ROW,
        y=items(F, "query reference centroid", "k"),
        z0=Zero(F),
        z1=Zero(F),
        z2=Zero(F),
        ab=inner(F, "ab"),
        aa=inner(F, "aa"),
        bb=inner(F, "bb"),
        cos=Fresh(F, "similarity"),
    ),
    idiom(
        "nearest_center",
        "assigns samples to the nearest center",
        "{best} = {far}\n{found} = int(0)\nfor {k} in range({n}):\n    {d} = {centers}[{k}] - {sample}\n"
        "    if {d} * {d} < {best}:\n        {best} = {d} * {d}\n        {found} = {k}",
        "loop branch",
        sample=Expr(F),
        far=Given(F, "max_distance cutoff"),
        n=Bound("extent"),
        k=Counter("n", "c k j"),
        centers=items(F, "centers centroids levels", "k"),
        d=inner(F, "d"),
        best=inner(F, "best"),
        found=Fresh(INT, "nearest", mutable=True),
    ),
    idiom(
        "embedding",
        "scores embeddings against a query",
        "{token} = {tokens}[{i}]\n{score} = {zero}\nfor {k} in range({n}):\n    {score} += {table}[{token}, {k}] * {query}[{k}]",
        "loop gather",
        i=I,
        tokens=items(INT, "tokens token_ids words", into="new"),
        token=Pointer("tokens", "token row", inner=True),
        n=Bound("extent"),
        k=Counter("n", "d k"),
        table=items(F, "embeddings table weights", "token k"),
        query=items(F, "query keys", "k"),
        zero=Zero(F),
        score=Fresh(F, "score", mutable=True),
    ),
)

UPDATES: Rows = (
    idiom(
        "squared_loss",
        "sums squared errors into a loss",
        "{d} = {predicted} - {targets}[{i}]\nwp.atomic_add({loss}, 0, {d} * {d} / {T}({n}))",
        "scatter",
        effect=Effect.UNORDERED,
        i=I,
        predicted=Expr(F),
        n=Bound("extent"),
        targets=items(F, "targets labels observed"),
        loss=items(F, "loss total_loss", "1", access="atomic_add"),
        T=spelled(),
        d=inner(F, "error"),
    ),
    idiom(
        "gradient_step",
        "steps parameters down their gradient",
        "{g} = {gradient} + {decay} * {weights}[{i}]\n{params}[{i}] -= {rate} * {g}",
        "update_step",
        effect=Effect.WRITES,
        i=I,
        gradient=Expr(F),
        decay=Given(F, "weight_decay l2"),
        weights=items(F, "weights params_in"),
        params=items(F, "params theta", access="update"),
        rate=Given(F, "learning_rate lr"),
        g=inner(F, "g"),
        needs="kernel rank1",
    ),
    idiom(
        "momentum_step",
        "steps parameters with momentum",
        "{v} = {momentum} * {velocities}[{i}] + {gradient}\n{velocity_out}[{i}] = {v}\n{params}[{i}] -= {rate} * {v}",
        "update_step",
        effect=Effect.WRITES,
        i=I,
        gradient=Expr(F),
        momentum=Given(F, "momentum beta"),
        velocities=items(F, "momenta velocity_in"),
        velocity_out=items(F, "momenta_out velocity_out", access="write"),
        params=items(F, "params theta", access="update"),
        rate=Given(F, "learning_rate lr"),
        v=inner(F, "v"),
        needs="kernel rank1",
    ),
    idiom(
        "adam_step",
        "steps parameters by Adam",
        "{g} = {gradient}\n{m} = {b1} * {first}[{i}] + (1.0 - {b1}) * {g}\n{v} = {b2} * {second}[{i}] + (1.0 - {b2}) * {g} * {g}\n"
        "{first_out}[{i}] = {m}\n{second_out}[{i}] = {v}\n{params}[{i}] -= {rate} * {m} / (wp.sqrt({v}) + 1.0e-6)",
        "update_step math",
        effect=Effect.WRITES,
        i=I,
        gradient=Expr(F),
        b1=Given(F, "beta1"),
        b2=Given(F, "beta2"),
        first=items(F, "m_in first_moments"),
        second=items(F, "v_in second_moments"),
        first_out=items(F, "m_out first_out", access="write"),
        second_out=items(F, "v_out second_out", access="write"),
        params=items(F, "params theta", access="update"),
        rate=Given(F, "learning_rate lr"),
        g=inner(F, "g"),
        m=inner(F, "m"),
        v=inner(F, "v"),
        needs="kernel rank1",
    ),
    idiom(
        "moving_average",
        "smooths by an exponential moving average",
        "{smooth} = {last}[{i}] + {alpha} * ({value} - {last}[{i}])",
        "arithmetic",
        i=I,
        value=Expr(F),
        last=items(F, "averages last smoothed"),
        alpha=Given(F, "alpha smoothing"),
        smooth=Fresh(F, "average"),
    ),
    idiom(
        "standardize",
        "standardizes values",
        "{z} = ({value} - {means}[{i}]) / wp.sqrt(wp.max({variances}[{i}], 0.0) + 1.0e-5)",
        "math",
        i=I,
        value=Expr(F),
        means=items(F, "means averages"),
        variances=items(F, "variances"),
        z=Fresh(F, "z"),
    ),
    idiom(
        "replicator",
        "grows populations logistically",
        "{p} = {populations}[{i}]\n{next} = {p} + {dt} * {p} * ({rate} - {p} / wp.max({capacity}, 1.0e-6))",
        "math",
        i=I,
        rate=Expr(F),
        populations=items(F, "populations densities"),
        capacity=Given(F, "capacity carrying_capacity"),
        dt=Given(F, "dt time_step"),
        p=inner(F, "p"),
        next=Fresh(F, "p_next"),
    ),
)


def _curves(F: TypeVariable, suffix: str) -> Rows:
    """Curves of one number, each a function above the kernel."""
    curves = {
        "gelu": (
            "applies GELU activations",
            "return 0.5 * x * (1.0 + wp.tanh(0.797885 * (x + 0.044715 * x * x * x)))",
            "gelu activation",
        ),
        "sigmoid": ("applies sigmoids", "return 1.0 / (1.0 + wp.exp(-wp.clamp(x, -30.0, 30.0)))", "sigmoid logistic"),
        "swish": ("applies swish activations", "return x / (1.0 + wp.exp(-wp.clamp(x, -30.0, 30.0)))", "swish silu"),
        "softplus": (
            "applies softplus activations",
            "return wp.max(x, 0.0) + wp.log(1.0 + wp.exp(-wp.abs(x)))",
            "softplus soft_relu",
        ),
        "leaky_relu": ("applies leaky rectifiers", "return wp.where(x > 0.0, x, {leak} * x)", "leaky_relu rectifier"),
        "huber": (
            "weighs errors by the Huber loss",
            "near = wp.clamp(x, -{delta}, {delta})\n    return near * (x - 0.5 * near)",
            "huber robust_loss",
        ),
        "smooth_falloff": (
            "fades by a smooth falloff",
            "return wp.smoothstep(0.0, 1.0, 1.0 - wp.abs(x))",
            "falloff fade",
        ),
        "bell": ("weighs by a Gaussian", "return wp.exp(-{sharpness} * x * x)", "gaussian bell"),
        "tent": ("weighs by a tent", "return wp.max(1.0 - wp.abs(x), 0.0)", "tent hat_weight"),
        "quadratic_spline": (
            "weighs by a quadratic spline",
            "edge = wp.max(1.5 - wp.abs(x), 0.0)\n    return wp.where(wp.abs(x) < 0.5, 0.75 - x * x, 0.5 * edge * edge)",
            "bspline spline_weight",
        ),
        "normal_tail": (
            "takes the normal distribution's tail",
            "return 0.5 * wp.erfc(-0.707107 * x)",
            "normal_cdf cdf",
        ),
    }
    options = {"leak": ("0.01", "0.1", "0.2"), "delta": ("1.0", "0.5", "2.0"), "sharpness": ("0.5", "2.0", "1.0")}
    return tuple(
        formula(
            f"{name}{suffix}",
            purpose,
            "{f}({x})",
            "math helper",
            name.rpartition("_")[2],
            F,
            F,
            f=define(
                f"\n@wp.func\ndef {{name}}(x: {{T}}) -> {{T}}:\n    {body}\n",
                nouns,
                F,
                options={word: texts for word, texts in options.items() if f"{{{word}}}" in body},
            ),
            x=Expr(F),
        )
        for name, (purpose, body, nouns) in curves.items()
    )


RECTIFIER: Rows = (
    formula("relu", "applies rectifiers", "wp.max({x}, 0.0)", "math", "activation", F, F, x=Expr(F, varying=True)),
    formula(
        "logistic",
        "applies sigmoids",
        "1.0 / (1.0 + wp.exp(-{x}))",
        "math",
        "gate",
        F,
        F,
        x=Expr(F, Domain.MODERATE, varying=True),
    ),
)
LEARNING: Rows = (*ROWS, *UPDATES, *RECTIFIER, *at_both(_curves))
