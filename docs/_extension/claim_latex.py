r"""Formulas of claims and steps, with the symbols that are written in LaTeX kept as written.

SymPy splits the name of a symbol at underscores and carets, which is right for ``rho_0`` and wrong
for ``\kappa(\rho_0)``: claims name by such pieces of LaTeX what has no SymPy counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp
from sympy.printing.latex import greek_letters_set

from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.steps import Step
from depthlaw.theory.writing.latex import latex as written

_PRIMED = re.compile(r"([A-Za-z]+)'+")


def claim_latex(claim: Claim) -> str:
    r"""Return the statement of a claim in LaTeX.

    >>> from depthlaw.theory.claim.registry import claim
    >>> r"\kappa'(\rho^*)" in claim_latex(claim("fixed-points.theorem-1-case-4"))
    True
    """
    return _kept(claim.latex(), (claim.quantity, claim.formula))


def step_latex(step: Step) -> str:
    """Return the formula of a step in LaTeX, empty for a step in words."""
    parts = vars(step).values()
    return _kept(step.latex(), (part for part in parts if isinstance(part, sp.Basic)))


def symbol_latex(symbol: sp.Symbol) -> str:
    r"""Return a symbol in LaTeX.

    >>> symbol_latex(sp.Symbol("rho_0")), symbol_latex(sp.Symbol("kappa'"))
    ('\\rho_{0}', "\\kappa'")
    """
    primed = _PRIMED.fullmatch(symbol.name)
    greek = primed is not None and primed[1].lower() in greek_letters_set
    return rf"\{symbol.name}" if greek else written(symbol)


def _kept(latex: str, expressions: Iterable[sp.Basic]) -> str:
    symbols = {s for expression in expressions for s in expression.atoms(sp.Symbol)}
    changes = {sp.latex(s): symbol_latex(s) for s in symbols if sp.latex(s) != symbol_latex(s)}
    # Longest first: no change may find a part of what another one is meant for.
    for printed in sorted(changes, key=len, reverse=True):
        # A command must not run into the letter after it, nor a word begin within another.
        pattern = (
            rf"(?<![A-Za-z\\]){re.escape(printed)}" if printed[0].isalpha() else re.escape(printed)
        )
        latex = re.sub(pattern, lambda _, new=changes[printed]: new, latex)
    return latex
