"""Letters that a terminal lacks, written in those it has.

Nothing here is heavy: a complaint about a misspelt command goes through it, too.
"""

from __future__ import annotations

import unicodedata

_GREEK = {
    **{"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "ζ": "zeta"},
    **{"η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi"},
    **{
        "π": "pi",
        "ρ": "rho",
        "σ": "sigma",
        "ς": "sigma",
        "τ": "tau",
        "υ": "upsilon",
        "φ": "phi",
        "χ": "chi",
    },
    **{"ψ": "psi", "ω": "omega", "ϑ": "theta", "ϱ": "rho", "ϕ": "phi", "ϵ": "eps"},
    **{"Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Prod"},
    **{"Σ": "Sum", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega"},
}
_SIGNS = {
    **{"≤": "<=", "≥": ">=", "≠": "!=", "≈": "~=", "∼": "~", "≡": "==", "≪": "<<", "≫": ">>"},
    **{"±": "+/-", "−": "-", "×": "x", "·": "*", "⋅": "*", "÷": "/", "∘": "o", "⊙": "o", "∗": "*"},
    **{"→": "->", "⟶": "->", "↦": "->", "←": "<-", "⇒": "=>", "⇔": "<=>", "⟺": "<=>"},
    **{"∞": "inf", "√": "sqrt ", "∫": "int ", "∑": "Sum ", "∏": "Prod ", "∂": "d", "∇": "grad "},
    **{"∈": "in", "∉": "not in", "∠": "angle", "∅": "empty", "∧": "and", "∨": "or", "∀": "all "},
    **{"⊂": "subset of", "⊆": "subset of", "∪": "u", "∩": "n", "‖": "||", "│": "|", "∥": "||"},
    **{"⟂": "perp"},
    **{"ℓ": "l", "ℯ": "e", "ᵀ": "^T", "′": "'", "″": "''", "°": " deg", "✓": "ok", "✗": "X"},
    **{"…": "...", "⋯": "...", "–": "-", "—": "-", "‐": "-", "‑": "-", "•": "*", "─": "-"},
    **{"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"},
    **{"⟨": "<", "⟩": ">", "⌈": "ceil(", "⌉": ")"},
    **{"⌊": "floor(", "⌋": ")", "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"},
    **{"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "ı": "i"},
    **{"\u0302": "^", "\u0303": "~", "\u0304": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "},
}
_TABLE = _GREEK | _SIGNS


def fitting(text: str, encoding: str | None) -> str:
    """Return `text` in letters that `encoding` has; it stays as it is where it has them all.

    >>> fitting("κ(ρ) ≤ 1 ≥ λ₁²", "ascii") == "kappa(rho) <= 1 >= lambda_1^2"
    True
    >>> fitting("é ≤ ±1", "latin-1") == "é <= ±1"
    True
    """
    encoding = encoding or "utf-8"
    if _has(text, encoding):
        return text
    parts: list[str] = []
    script = ""
    for character in text:
        if _has(character, encoding):
            script = ""
            parts.append(character)
            continue
        shown, script = _written(character, encoding, script)
        parts.append(shown)
    return "".join(parts)


def has_mathematics(encoding: str | None) -> bool:
    """Whether an encoding has the signs that a formula is drawn with."""
    return _has("≤∞─⎛ℓᵀ", encoding or "utf-8")


def _written(character: str, encoding: str, script: str) -> tuple[str, str]:
    """Return a letter in others, and whether it stood above or below the line: ``^``, ``_``."""
    if character in _TABLE:
        return _TABLE[character], ""
    kind, _, code = unicodedata.decomposition(character).rpartition("> ")
    if kind in ("<super", "<sub"):
        sign = "^" if kind == "<super" else "_"
        base = fitting("".join(chr(int(point, 16)) for point in code.split()), encoding)
        return base if sign == script else sign + base, sign
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if c != character)
    kept = "".join(c for c in base if not unicodedata.combining(c))
    return (kept if kept and _has(kept, encoding) else "?"), ""


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
