r"""Formulas in Unicode, as a terminal shows them.

Claims name what has no SymPy counterpart by symbols whose names are short pieces of LaTeX, such as
``V(H_{\ell+1})``. They become text here; everything else is SymPy's own pretty printer.
"""

from __future__ import annotations

import re

import sympy as sp
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import greek_unicode
from sympy.printing.pretty.stringpict import prettyForm

from depthlaw.theory.claim import Claim

_COMMANDS = {
    r"\ell": "ℓ",
    r"\|": "‖",
    r"\mid": "|",
    r"\infty": "∞",
    r"\to": "→",
    r"\cdot": "·",
    r"\times": "×",
    r"\top": "ᵀ",
    r"\quad": " ",
    r"\le": "≤",
    r"\ge": "≥",
    r"\,": " ",
    r"\;": " ",
    r"\!": "",
    r"\#": "#",
    r"\{": "\u27e8",
    r"\}": "\u27e9",
}
# Braces that are meant to be seen, set aside while those of LaTeX's own grouping are removed.
_BRACES = str.maketrans("\u27e8\u27e9", "{}")
_ACCENTS = {r"\hat": "\u0302", r"\tilde": "\u0303", r"\bar": "\u0304"}
_PLAIN = (r"\mathbb", r"\mathrm", r"\mathcal", r"\operatorname", r"\text")
_BELOW = dict(
    zip("0123456789+-=()ℓaehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₗₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_ABOVE = dict(zip("0123456789+-=()ni*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ*", strict=True))
_BRACED = r"\{([^{}]*)\}"


def unicode_name(latex: str) -> str:
    r"""Return a short piece of LaTeX as Unicode text; what it does not know loses its backslash.

    >>> unicode_name(r"V(H_{\ell+1})^2") == "V(Hₗ₊₁)²"
    True
    """
    text = latex
    for command in _PLAIN:
        text = re.sub(re.escape(command) + _BRACED, r"\1", text)
    for command, accent in _ACCENTS.items():
        text = re.sub(re.escape(command) + _BRACED, rf"\1{accent}", text)
    for command in sorted(_COMMANDS, key=len, reverse=True):
        text = text.replace(command, _COMMANDS[command])
    text = re.sub(r"\\([A-Za-z]+)", lambda match: _letter(match[1]), text)
    text = re.sub(rf"_(?:{_BRACED}|(\w))", lambda m: _small(m[1] or m[2], _BELOW, "_"), text)
    text = re.sub(rf"\^(?:{_BRACED}|(\S))", lambda m: _small(m[1] or m[2], _ABOVE, "^"), text)
    for grouping in "{}\\":
        text = text.replace(grouping, "")
    return " ".join(text.split()).translate(_BRACES)


def _letter(name: str) -> str:
    greek = greek_unicode.get(name)
    return greek if isinstance(greek, str) else name


def _small(text: str, letters: dict[str, str], sign: str) -> str:
    if all(character in letters for character in text):
        return "".join(letters[character] for character in text)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def unicode_formula(expression: sp.Expr) -> str:
    """Return an expression in Unicode, over as many lines as it takes.

    >>> n = sp.Symbol("n")
    >>> unicode_formula(n + 1) == "n + 1"
    True
    """
    return str(_form(expression))


def unicode_statement(claim: Claim) -> str:
    """Return what a claim says, both sides around its sign.

    >>> from depthlaw.theory.claim.registry import claim
    >>> " ≤ " in unicode_statement(claim("orthogonalization.lemma-4"))
    True
    """
    left = _form(claim.quantity)
    joined = prettyForm(*left.right(f" {sign(claim)} "))
    return str(prettyForm(*joined.right(_form(claim.formula))))


def sign(claim: Claim) -> str:
    """Return the sign between the two sides of a claim; ``∼`` before a leading term."""
    return "∼" if claim.remainder else claim.sense.relation


def _form(expression: sp.Expr) -> prettyForm:
    renamed = {
        symbol: sp.Symbol(_symbol_name(symbol.name), **symbol.assumptions0)
        for symbol in expression.atoms(sp.Symbol)
    }
    printer = PrettyPrinter({"use_unicode": True, "wrap_line": False})
    return printer._print(expression.xreplace(renamed))


def _symbol_name(name: str) -> str:
    # SymPy's own letters cover Greek and simple subscripts, not LaTeX and not the letter ell.
    return unicode_name(name) if re.search(r"[\\{^]", name) else "ℓ" if name == "ell" else name
