"""Limits of pre-norm residual streams, whose second moment grows by the same amount per layer.

With K_ℓ = K₀ + ℓσ² a layer does ρ ← (K ρ + σ²κ(ρ))/(K + σ²): in time τ = ln(K_ℓ/K₀) this is
dρ/dτ = κ(ρ) − ρ. Near an attracting fixed point ρ* of κ the distance falls like ℓ^{−(1−κ′(ρ*))}.
Where κ′(1) = 1 and 1 − κ(1−δ) = δ − Cδ^{(p+2)/p}…, a layer of κ alone has δ_n ~ A/n^p and the
stream has 1 − ρ_L ~ A/(ln L + c)^p with the same A: (9π²/2)/(ln L + c)² for ReLU. Without c, which
depends on the start, that is far off at any depth that is run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import sympy as sp

from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.prediction.approach import Approach, approach
from depthlaw.theory.prediction.limit import Law, Limit, brief, shown
from depthlaw.theory.prediction.normal_form import NormalForm, normal_form
from depthlaw.theory.prediction.rows import Gaussian, State
from depthlaw.theory.values import Enclosure, Exact, Numeric, Value


def stream_limit(network: Network, states: Sequence[State], depth: int) -> Limit | None:
    """Return the law of a layer of skips of weight 1 around branches that begin with a norm.

    None where it has another form, or its branches have different correlation maps.
    """
    forms = [_branch(operation) for operation in network.layer]
    if not all(forms) or not isinstance(states[-1].law, Gaussian):
        return None
    known = [form for form in forms if form is not None]
    maps = {form.correlation_map for form, _ in known}
    if len(maps) != 1:
        return None
    f = known[0][0].correlation_map
    growth = shown(sp.simplify(sum((b * form.size for form, b in known), start=sp.Integer(0))))
    rho = states[-1].covariance.correlations
    found = approach(f, float(rho.value[0, 1]))
    grows = "The second moment grows by the same amount in every layer."
    if found is None:
        return None
    return _law(found, states[-1], depth, growth, grows)


def _branch(operation: Operation) -> tuple[NormalForm, sp.Expr] | None:
    if not isinstance(operation, Residual) or abs(operation.skip) != 1:
        return None
    form = normal_form(operation.branch, growing=True)
    if form is None or form.scales or form.size is None:
        return None
    return form, sp.Rational(operation.scale) ** 2


def _law(found: Approach, last: State, depth: int, growth: Value, grows: str) -> Limit:
    if found.law is Law.STANDS:
        said = "The correlation stays as it is."
        return Limit(Law.STANDS, (said, grows), found.place, growth=growth)
    if found.law is Law.POLYNOMIAL:
        assert found.power is not None
        assert found.rate is not None
        power = "" if found.power == 1 else "²"
        said = (
            f"1 − ρ falls like a constant over (ln L + c){power}, with c from the last layer "
            "predicted."
        )
        return Limit(
            Law.LOGARITHM,
            (said, grows),
            found.place,
            rate=None if found.rate is None else brief(found.rate),
            power=found.power,
            shift=_shift(found, last, depth),
            growth=growth,
        )
    slope: Value = Exact(sp.Integer(0))
    if found.law is Law.GEOMETRIC and found.rate is not None:
        slope = found.rate
    exponent: Value
    if isinstance(slope, Exact):
        exponent = shown(sp.simplify(1 - slope.expression))
    else:
        exponent = Enclosure(1 - slope.ball)
    said = "The distance from the limit falls like L to the power of minus this exponent."
    return Limit(Law.POWER, (said, grows), found.place, rate=exponent, growth=growth)


def _shift(found: Approach, last: State, L: int) -> Value | None:
    """Return c = (A/(1 − ρ_L))^{1/p} − ln L at the last layer."""
    rho = last.covariance.correlations
    gap = 1 - float(rho.value[0, 1])
    if L < 2 or not gap > 0 or found.rate is None or found.power is None:
        return None
    A = float(found.rate.ball.mid())
    c = (A / gap) ** (1 / found.power) - math.log(L)
    error = (A / gap) ** (1 / found.power) * float(rho.error[0, 1]) / gap
    return Numeric(c, error + 1e-14)
