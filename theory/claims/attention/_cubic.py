"""One head near equal tokens: instances, and the steps that the cubic bounds share.

X = 1x̄ᵀ + R with R centred, rows r_i; W = W_QK, s = 1/√d_qk. Token i attends with the weights
q_i ∝ exp(s(x̄ᵀW r_j + r_iᵀW r_j)), and its output less x̄W_V is W_Vᵀ E_{q_i} r.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.attention import (
    attention_matrix,
    centred,
    largest_singular_value,
    norm,
    plain_matrix,
    product,
    self_attention,
)
from depthlaw.theory.attention.softmax import Exact, transposed
from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Deferred,
    Domain,
    Heading,
    Identity,
    Parameter,
    ParameterValue,
    Sign,
    Steps,
)
from depthlaw.theory.claims.fixed_points._setting import above
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Enclosure

d = sp.Symbol("d_{qk}", positive=True)
sigma = sp.Symbol(r"\sigma_{QK}", nonnegative=True)
sigma_v = sp.Symbol(r"\sigma_V", nonnegative=True)
r = sp.Symbol("r", nonnegative=True)
R = sp.Symbol(r"\|R\|", nonnegative=True)
x = sp.Symbol(r"\|\bar{x}\|", nonnegative=True)

HEAD_WIDTH = Parameter(
    "head_width", d, Domain.REAL, 0, "width d_qk of queries and keys", above=True
)
SCORES = Parameter("scores", sigma, Domain.REAL, 0, "σ₁(W_QK), or a rational above it")
VALUES = Parameter("values", sigma_v, Domain.REAL, 0, "σ₁(W_V), or a rational above it")
FARTHEST = Parameter(
    "farthest", r, Domain.REAL, 0, "largest ‖r_i‖: of a token from the mean, or a rational above"
)
RESIDUAL = Parameter("residual", R, Domain.REAL, 0, "‖R‖_F, R = X − 1x̄ᵀ, or a rational above it")
MEAN = Parameter("mean_norm", x, Domain.REAL, 0, "‖x̄‖ of the mean token, or a rational above it")
MODEL = ("one head, SA(X) = softmax(X W_QK Xᵀ/√d_qk) X W_V, no skip and no mask; any weights",)
Instance = tuple[Exact, Exact, Exact]
BITS = 200


def instance(tokens: int, width: int, epsilon: Fraction, number: int) -> Instance:
    """Return X, W_QK and W_V: tokens about one point, `epsilon` apart."""
    base = plain_matrix(1, width, number, Fraction(1, 4))[0]
    moved = plain_matrix(tokens, width, number + 1, Fraction(1, 5))
    X = tuple(tuple(b + epsilon * m for b, m in zip(base, row, strict=True)) for row in moved)
    weights = (plain_matrix(width, width, number + k, Fraction(1, 2 * width)) for k in (2, 3))
    first, second = weights
    return X, first, second


def on_a_line(places: tuple[int, ...], epsilon: Fraction) -> Instance:
    """Return tokens along one direction, which W_QK and W_V stretch most."""
    X = tuple((1 + epsilon * place, Fraction(1, 3)) for place in places)
    one, zero = Fraction(1), Fraction(0)
    return X, ((2 * one, zero), (zero, one)), ((3 * one, zero), (zero, one))


def numbers(case: Instance) -> dict[str, ParameterValue]:
    """Return what the bounds need to know of an instance, rounded to their safe side."""
    X, W, V = case
    with precision(BITS):
        rows = centred(X)
        mean = [sum(column, start=Fraction(0)) / len(X) for column in zip(*X, strict=True)]
        return {
            "tokens": len(X),
            "scores": above(largest_singular_value(W)),
            "values": above(largest_singular_value(V)),
            "farthest": max(above(norm([row])) for row in rows),
            "residual": above(norm(rows)),
            "mean_norm": above(norm([mean])),
        }


def output(case: Instance, head_width: int) -> list[list[arb]]:
    """Return SA(X) less the mean of its rows."""
    return centred(self_attention(*case, head_width))


def leading(case: Instance, head_width: int) -> list[list[arb]]:
    """Return R W_QK RᵀR W_V/(T√d_qk)."""
    X, W, V = case
    rows = centred(X)
    factor = 1 / (len(X) * ball(head_width).sqrt())
    found = product(rows, W, transposed(rows), rows, V)
    return [[factor * entry for entry in row] for row in found]


def tilted(case: Instance, head_width: int) -> list[list[arb]]:
    """Return R W_QK C W_V/√d_qk, C the covariance of rows as the mean token weighs them."""
    X, W, V = case
    scale = 1 / ball(head_width).sqrt()
    rows = centred(X)
    mean = tuple(sum(column, start=Fraction(0)) / len(X) for column in zip(*X, strict=True))
    weights = attention_matrix((mean, *X), W, scale)[0][1:]
    total = sum(weights, start=arb(0))
    weights = [weight / total for weight in weights]
    centre = product([weights], rows)[0]
    around = [[entry - c for entry, c in zip(row, centre, strict=True)] for row in rows]
    heavy = [[weight * entry for entry in row] for weight, row in zip(weights, around, strict=True)]
    found = product(rows, W, transposed(heavy), around, V)
    return [[scale * entry for entry in row] for row in found]


def distance(first: list[list[arb]], second: list[list[arb]]) -> Enclosure:
    """Return the Frobenius distance."""
    return Enclosure(
        norm(
            [
                [a - b for a, b in zip(*rows, strict=True)]
                for rows in zip(first, second, strict=True)
            ]
        )
    )


def check(
    label: str,
    case: Instance,
    head_width: int,
    quantity: Callable[..., Enclosure],
    names: tuple[str, ...],
) -> Check:
    """Return the check of one instance; `names` are the parameters beside the head's width."""

    def find() -> dict[str, ParameterValue]:
        known = numbers(case)
        return {"head_width": head_width, **{name: known[name] for name in names}}

    return Check(
        label, Deferred(find), Computed(quantity, {"case": case, "head_width": head_width})
    )


def checks(quantity: Callable[..., Enclosure], names: tuple[str, ...]) -> Iterator[Check]:
    """Yield the checks of instances without structure, near and far."""
    for tokens, width, epsilon, number in (
        (8, 4, Fraction(1), 0),
        (8, 4, Fraction(1, 10), 0),
        (8, 4, Fraction(1, 1000), 0),
        (5, 8, Fraction(3), 4),
    ):
        case = instance(tokens, width, epsilon, number)
        label = f"{tokens} tokens, width {width}, scale {epsilon}"
        yield check(label, case, width, quantity, names)


def tilt_steps() -> Steps:
    """Yield what one token's output is, beyond what all of them share."""
    y, v = sp.symbols("y v", real=True)
    yield Heading(
        "Token i weighs the rows r_j of R by q_i, the common weights p tilted by s r_iᵀW r_j"
    )
    yield Cited(
        "the derivative of a mean along a tilt is a covariance: with q_θ ∝ p exp(θ s r_iᵀW r_j), "
        "θ from 0 to 1, and C_q the covariance of r under q",
        "Brown, Fundamentals of Statistical Exponential Families, Theorem 2.2 and Corollary 2.3",
        r"\mathbb{E}_{q_i} r - \mathbb{E}_p r = s \int_0^1 C_{q_\theta} W^\top r_i \, d\theta",
    )
    yield Identity(
        "a variance falls short of a mean square by the square of the mean: at two values y and v "
        "of equal weight",
        (y**2 + v**2) / 2 - ((y - (y + v) / 2) ** 2 + (v - (y + v) / 2) ** 2) / 2,
        ((y + v) / 2) ** 2,
    )
    yield Cited(
        "in general, so that every C_q has norm at most max ‖r_j‖² = r²",
        "Durrett, Probability: Theory and Examples, section 1.6",
        r"u^\top C_q u = \mathbb{E}_q (u^\top r)^2 - (\mathbb{E}_q u^\top r)^2 \le r^2 \|u\|^2",
    )
    yield Cited(
        "norms of products are at most products of norms, a projection does not lengthen, and "
        "‖·‖ of a mean over θ is at most the largest",
        "Horn and Johnson, Matrix Analysis, 5.6",
        r"\|P M\|_F \le \|M\|_F, \quad \|r_i^\top W C W_V\| \le \|r_i\| \sigma_{QK} \|C\| \sigma_V",
    )


def covariance_steps() -> Steps:
    """Yield how far a covariance moves along a tilt by t with |t| ≤ M."""
    M, t, m = sp.symbols("M t m", positive=True)
    a, b = sp.symbols("a b", nonnegative=True)
    yield Cited(
        "the derivative of a covariance along a tilt by t is a third cumulant",
        "Brown, Fundamentals of Statistical Exponential Families, Theorem 2.2 and Corollary 2.3",
        r"\frac{d}{d\lambda} u^\top C_\lambda u"
        r" = \mathbb{E}_\lambda (t - \bar t)(u^\top r - u^\top \bar r)^2",
    )
    yield Identity(
        "where t − t̄ ≤ 2M if |t| ≤ M: with t = M − a and t̄ = −M + b, a, b ≥ 0, it falls short by",
        sp.Subs(2 * M - (t - m), (t, m), (M - a, -M + b)),
        a + b,
    )
    yield Sign("which is not negative", a + b)
    yield Cited(
        "and the mean square of u·r is at most r²: along a tilt by t the covariance moves by no "
        "more than 2M r²",
        "Rudin, Principles of Mathematical Analysis, Theorem 5.19",
        r"\|C_1 - C_0\| \le 2 M r^2",
    )
