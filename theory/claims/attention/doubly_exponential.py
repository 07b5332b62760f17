"""Pure attention: the doubly exponential bound, without a factor for the attention entries.

‖res SAN(X)‖ ≤ (4β/√d_qk)^{(3^L − 1)/2} ‖res X‖^{3^L}, ‖M‖ = √(‖M‖₁‖M‖_∞), for one head in each of
L layers, ‖W_QK‖₁‖W_V‖ ≤ β, res X = X − 1xᵀ with the x that makes it smallest.

At weights without structure it holds, and is 10³ times too large. It is false for many tokens:
where half of 20 000 attend to themselves, ‖·‖₁ adds up what they lose of a token that all others
attend to.

Example: one layer.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=1, head_width=4, beta=1, residual=Fraction(1, 2)).contains(Fraction(1, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.attention import centred, plain_matrix, self_attention
from depthlaw.theory.claim import (
    Check,
    Computed,
    Deferred,
    Domain,
    Heading,
    Identity,
    Order,
    Outcome,
    Parameter,
    ParameterValue,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.attention import PAPER
from depthlaw.theory.claims.attention import _cubic as cubic
from depthlaw.theory.claims.attention._cubic import d
from depthlaw.theory.claims.attention._many_tokens import ManyTokens
from depthlaw.theory.claims.attention._norms import composite, largest_column
from depthlaw.theory.claims.attention._setting import LAYERS
from depthlaw.theory.claims.fixed_points._setting import above
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

beta = sp.Symbol("beta", positive=True)
X = sp.Symbol(r"\|res\,X\|", positive=True)
BETA = Parameter("beta", beta, Domain.REAL, 0, "β ≥ ‖W_QK‖₁‖W_V‖_{1,∞} in every layer", above=True)
RESIDUAL = Parameter("residual", X, Domain.REAL, 0, "‖res X‖_{1,∞} of the input", above=True)
FORMULA = (4 * beta / sp.sqrt(d)) ** ((3**ell - 1) / 2) * X ** (3**ell)
MANY = ManyTokens(9999, Fraction(12), Fraction(10))


def _symmetric(pairs: int, width: int, epsilon: Fraction, number: int) -> cubic.Instance:
    """Return tokens in pairs x̄ ± r, for which x̄ makes both norms smallest."""
    base, first, second = cubic.instance(pairs, width, epsilon, number)
    centre = plain_matrix(1, width, number, Fraction(1, 4))[0]
    mirrored = [tuple(2 * c - x for c, x in zip(centre, row, strict=True)) for row in base]
    return (*base, *mirrored), first, second


def _residual(case: cubic.Instance, head_width: int, layers: int) -> Enclosure:
    tokens, scores, values = case
    found = self_attention(tokens, scores, values, head_width)
    for _ in range(layers - 1):
        found = self_attention(found, scores, values, head_width)
    # The mean is one x; the best is at least half as good, as P has norm 2 at most in both norms.
    most = composite(centred(found))
    return Enclosure((most / 2).union(most))


def _check(label: str, case: cubic.Instance, head_width: int, depth: int) -> Check:
    def find() -> dict[str, ParameterValue]:
        tokens, scores, values = case
        with precision(cubic.BITS):
            return {
                "depth": depth,
                "head_width": head_width,
                "beta": above(largest_column(scores) * composite(values)),
                "residual": above(composite(centred(tokens))),
            }

    given = {"case": case, "head_width": head_width, "layers": depth}
    return Check(label, Deferred(find), Computed(_residual, given))


def _norm(batch: ManyTokens) -> Enclosure:
    return batch.norm()


def _derivation() -> Steps:
    N, t, u = sp.symbols("N t u", positive=True)
    others = sp.exp(u) + 2 * N
    selves = sp.exp(t) + sp.exp(u) + 2 * N - 1
    yield Heading(
        "Tokens x̄ + e_i, i ≤ N, each attending to itself with score t; N times x̄; and x̄ + e_0, to "
        "which all attend with score u"
    )
    yield Identity(
        "on axis 0 the first N come out lower than the rest by",
        sp.exp(u) / others - sp.exp(u) / selves,
        sp.exp(u) * (sp.exp(t) - 1) / (others * selves),
    )
    yield Sign("a positive number", sp.exp(u) * sp.exp(t) / (others * sp.exp(t)), strict=True)
    yield Identity(
        "two of the first N come out apart, on their two axes together, by",
        2 * (sp.exp(t) / selves - 1 / selves),
        2 * (sp.exp(t) - 1) / selves,
    )
    yield Heading(
        "so that ‖·‖₁ ≥ N times the first, ‖·‖_∞ ≥ half the second, whatever x is; of the input "
        "both norms are 1, and β/√d_qk = t"
    )
    yield Order(
        "with N = 9999, t = 12, u = 10 the bound is smaller than the truth",
        r"4t < \|res\,SA(X)\|",
        lambda: 4 * ball(MANY.own),
        lambda: MANY.norm().ball.lower(),
    )


CLAIM = declare(
    __name__,
    "pure attention: the doubly exponential bound without a factor for the attention entries",
    upper(sp.Symbol(r"\|res\,SAN(X)\|_{1,\infty}"), FORMULA),
    source=PAPER.at("Theorem on single-head networks", "without the factor γ"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(LAYERS, cubic.HEAD_WIDTH, BETA, RESIDUAL),
    assumes=(
        "one head in every layer, no skip and no mask; any weights",
        "‖W_QK‖₁‖W_V‖_{1,∞} ≤ β",
    ),
    checks=(
        _check("two tokens", cubic.on_a_line((1, -1), Fraction(1, 10)), 1, 1),
        _check("16 tokens, width 4, scale 1/10", _symmetric(8, 4, Fraction(1, 10), 0), 4, 1),
        _check("16 tokens, width 16, scale 1/5", _symmetric(8, 16, Fraction(1, 5), 3), 16, 1),
        _check("16 tokens, width 4, two layers", _symmetric(8, 4, Fraction(1, 10), 0), 4, 2),
        Check(
            "20 000 tokens, half of which attend to themselves",
            {"depth": 1, "head_width": 10_000, "beta": 1200, "residual": 1},
            Computed(_norm, {"batch": MANY}),
        ),
    ),
    derivation=_derivation,
    errata=(
        "The bound (4β/√d_qk)^{(3^L−1)/2}‖res X‖^{3^L}, without a factor that depends on the "
        "attention entries, is false: 19 999 tokens and one layer, and from some 8 000 on. "
        "Secondary sources print it both with such a factor γ and without. In norms that "
        "rotations keep, a bound of the same order holds at every distance: "
        "attention.cubic-contraction.",
    ),
    siblings=("attention.cubic-contraction", "attention.cubic-constant"),
)
