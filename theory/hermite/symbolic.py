"""The Hermite coefficient for symbolic k, and its derivation as checked steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations.definition import Activation, Parity, takes_activation
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.steps import Agreement, Argued, Identity, Step
from depthlaw.theory.hermite.routes import enclosed, exact
from depthlaw.theory.rigorous.number import BallNumber
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.error_function import ErrorFunctionTerm
from depthlaw.theory.terms.interval import IntervalTerm
from depthlaw.theory.terms.rule_table import Term, decompose
from depthlaw.theory.terms.wave import WaveTerm
from depthlaw.theory.writing.latex import latex
from depthlaw.theory.writing.variable import X

K = sp.Symbol("k", integer=True, positive=True)
"""The order of a coefficient."""
_SHOWN = 12


@takes_activation
def general_term(activation: Activation) -> tuple[sp.Expr, int] | None:
    """Return c_k for symbolic `K`, and the k from which it holds; None where no rule gives it.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> formula, start = general_term(activation("relu"))
    >>> c = exact(activation("relu"), 9)
    >>> all(sp.simplify(formula.subs(K, k) - c[k]) == 0 for k in range(start, 10))
    True
    """
    terms = decompose(activation.pieces)
    return None if terms is None else _general_term(terms)


def _general_term(terms: Sequence[Term]) -> tuple[sp.Expr, int] | None:
    parts = [term.general(K) for term in terms]
    if any(part is None for part in parts):
        return None
    start = 1 + max((term.power for term in terms), default=0)
    return sp.Add(*parts) / sp.sqrt(sp.factorial(K)), start


_RULES = {
    IntervalTerm: (
        "Exponential of a quadratic on an interval",
        r"(1+2s) I_k = -[f \mathrm{He}_{k-1}\gamma]_l^u + t I_{k-1} - 2s(k-1) I_{k-2},"
        r"\quad f = e^{-sx^2+tx}",
        "He_k γ = −(He_{k−1} γ)′, one integration by parts, f′ = (t − 2sx) f and "
        "x He_{k−1} = He_k + (k−1) He_{k−2}.",
    ),
    ErrorFunctionTerm: (
        "Error function",
        r"\mathbb E[\operatorname{erf}(\alpha x+\beta)\,\mathrm{He}_k] = "
        r"\mathbb E[\tfrac{2\alpha}{\sqrt\pi} e^{-(\alpha x+\beta)^2}\,\mathrm{He}_{k-1}]",
        "Gaussian integration by parts, E[f He_k] = E[f′ He_{k−1}], leads to the exponential of a "
        "quadratic.",
    ),
    WaveTerm: (
        "Wave",
        r"\mathbb E[\cos(\omega x+\vartheta)\,\mathrm{He}_k] = "
        r"\omega^k e^{-\omega^2/2}\cos(\vartheta + k\pi/2)",
        "The generating function E e^{iωx} e^{zx−z²/2} = e^{−ω²/2} e^{iωz}, power by power.",
    ),
}


@takes_activation
@lru_cache(maxsize=64)
def derivation(activation: Activation) -> Derivation:
    """Return how the coefficients are found, as steps that a machine checks where it can.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> derivation(activation("step")).check().holds
    True
    """
    steps: list[Step] = []
    if activation.parity is not Parity.NEITHER:
        gone = "even" if activation.parity is Parity.ODD else "odd"
        sign = -1 if activation.parity is Parity.ODD else 1
        left = activation.expression.subs(X, -X)
        if len(activation.pieces) == 1:
            right = sign * activation.expression
            steps.append(Identity(f"φ is {activation.parity}: c_k = 0 for {gone} k", left, right))
        else:
            steps.append(
                Argued("Parity", f"φ is {activation.parity}, piece by piece: c_k = 0 for {gone} k.")
            )
    terms = decompose(activation.pieces)
    if terms is None:
        steps.append(
            Argued(
                "No closed form", "No rule applies: the coefficients are enclosed by quadrature."
            )
        )
        return Derivation(tuple(steps))
    if len(activation.pieces) == 1:
        split = sp.Add(*(term.formula() for term in terms))
        steps.append(Identity("φ as a sum of terms", activation.expression, split))
    steps += [
        Argued(title, text, formula)
        for kind, (title, formula, text) in _RULES.items()
        if any(isinstance(term, kind) for term in terms)
    ]
    if any(term.power for term in terms):
        text = "x He_k = He_{k+1} + k He_{k−1}."
        formula = (
            r"\mathbb E[x f\,\mathrm{He}_k] = "
            r"\mathbb E[f\,\mathrm{He}_{k+1}] + k\,\mathbb E[f\,\mathrm{He}_{k-1}]"
        )
        steps.append(Argued("A factor x", text, formula))
    general = _general_term(terms)
    if general is not None:
        steps += _general_steps(activation, *general)
    steps.append(
        Agreement(
            "The exact coefficients agree with quadrature in ball arithmetic on φ itself",
            rf"c_k = \mathbb E[\varphi(x) h_k(x)] \ne 0,\quad k \le {_SHOWN}",
            lambda: [ball_of(c) for c in exact(activation, _SHOWN) or () if c != 0],
            lambda: _matching(activation),
            accuracy_bits=30,
        )
    )
    return Derivation(tuple(steps))


def _general_steps(activation: Activation, formula: sp.Expr, start: int) -> list[Step]:
    values = exact(activation, start + 3) or ()
    title = "The formula for general k, at k = {}"
    if formula.has(BallNumber):
        # Algebra on constants with long formulas takes minutes: balls compare the numbers instead.
        return [
            Agreement(
                title.format(f"{start}, …, {start + 3}"),
                rf"c_k = {latex(formula)}",
                lambda: [ball_of(formula.subs(K, start + i).doit()) for i in range(4)],
                lambda: [ball_of(value) for value in values[start:]],
            )
        ]
    return [
        Identity(title.format(k), formula.subs(K, k).doit(), values[k])
        for k in range(start, start + 4)
    ]


def _matching(activation: Activation) -> Sequence[arb]:
    """Return the enclosed coefficients whose exact value is not zero."""
    known = exact(activation, _SHOWN) or ()
    balls = enclosed(activation, _SHOWN)
    return [ball for value, ball in zip(known, balls, strict=True) if value != 0]
