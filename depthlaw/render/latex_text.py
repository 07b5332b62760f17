r"""Short pieces of LaTeX, and prose with formulas in it, as Unicode text in one line.

Claims name what has no SymPy counterpart by symbols whose names are LaTeX, such as
``V(H_{\ell+1})``. What is read here is the part of LaTeX that such names use; an unknown command
keeps its name and loses its backslash.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    **{r"\ell": "ℓ", r"\infty": "∞", r"\nabla": "∇", r"\partial": "∂", r"\angle": "∠"},
    **{r"\varepsilon": "ε", r"\vartheta": "ϑ", r"\varrho": "ϱ", r"\varphi": "φ", r"\prime": "′"},
    **{r"\cdot": "·", r"\times": "×", r"\circ": "∘", r"\odot": "⊙", r"\pm": "±", r"\top": "T"},
    **{r"\dots": "…", r"\ldots": "…", r"\cdots": "⋯", r"\langle": "⟨", r"\rangle": "⟩"},
    **{r"\|": "‖", r"\{": "{", r"\}": "}", r"\#": "#", r"\%": "%", "'": "′"},
    **{r"\,": " ", r"\;": " ", r"\:": " ", r"\ ": " ", r"\quad": " ", "~": " ", r"\!": ""},
}
_RELATIONS = {
    **{r"\le": "≤", r"\leq": "≤", r"\ge": "≥", r"\geq": "≥", r"\ne": "≠", r"\neq": "≠"},
    **{r"\to": "→", r"\mid": "|", r"\in": "∈", r"\sim": "∼", r"\approx": "≈", r"\mapsto": "↦"},
}
_OPERATORS = {r"\sum": "Σ", r"\prod": "Π", r"\int": "∫"}
_OPERATORS |= {
    f"\\{name}": name
    for name in (
        *("arccos", "arcsin", "arctan", "cos", "cosh", "det", "exp", "inf", "lim", "log", "max"),
        *("min", "sin", "sinh", "sup", "tan", "tanh"),
    )
}
_ACCENTS = {r"\hat": "\u0302", r"\tilde": "\u0303", r"\bar": "\u0304", r"\overline": "\u0304"}
_PLAIN = (r"\mathbb", r"\mathrm", r"\mathcal", r"\mathbf", r"\operatorname")
_FRACTIONS = (r"\frac", r"\tfrac", r"\dfrac")
_SILENT = (r"\left", r"\right", r"\big", r"\Big", r"\displaystyle")
_BELOW = dict(
    zip("0123456789+-−=()ℓaehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₗₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_ABOVE = dict(
    zip(
        "0123456789+-−=()*ℓabcdefghijklmnoprstuvwxyzNT",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾*ˡᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴺᵀ",
        strict=True,
    )
)
_LETTER = "[A-Za-zΑ-Ωα-ωℓ]"
_SCRIPTS = {"_": _BELOW, "^": _ABOVE}

# Set down while reading and resolved in the end, when both neighbours are known.
_GAP, _OPEN, _CLOSE = "\ue000", "\ue001", "\ue002"
"""A space unless it would stand beside a bracket; brackets unless they hold everything."""


def unicode_name(latex: str) -> str:
    r"""Return a short piece of LaTeX as Unicode text.

    >>> unicode_name(r"V(H_{\ell+1})^2") == "V(Hₗ₊₁)²"
    True
    >>> unicode_name(r"\frac1L \sum_\ell r(H_\ell)") == "(1/L) Σₗ r(Hₗ)"
    True
    """
    text = _Reader(latex).all().strip(_GAP)
    if text.startswith(_OPEN) and text.find(_CLOSE) == len(text) - 1:
        text = text[1:-1]
    text = text.replace(_OPEN, "(").replace(_CLOSE, ")")
    # A gap is a space between two words, or between a bracket and the word after it.
    text = re.sub(rf"(?<=[\w)\]|‖′]){_GAP}+(?=[\w√])", " ", text)
    return " ".join(text.replace(_GAP, "").split())


def unicode_words(text: str) -> str:
    r"""Return prose in which powers and indices are written as in LaTeX, with small letters.

    Names of parameters and of code, which have more than one letter before their underscore, stay.

    >>> unicode_words("λ_min falls like β^{−ℓ}, slope_at_one too") == (
    ...     "λₘᵢₙ falls like β⁻ˡ, slope_at_one too")
    True
    """
    for _ in range(3):  # as deep as anybody nests them
        text = re.sub(r"([_^])\{([^{}]*)\}", lambda found: _script(found[1], found[2]), text)
    text = re.sub(
        rf"((?<![A-Za-zα-ω_]){_LETTER}[\u0300-\u036f′']?|[)\]|‖])_(\d+|{_LETTER}+)(?![A-Za-z\d_])",
        lambda found: found[1] + _script("_", found[2]),
        text,
    )
    return re.sub(rf"\^(\d+|{_LETTER})(?![A-Za-z\d])", lambda found: _script("^", found[1]), text)


class _Reader:
    """Reads LaTeX from left to right; each method takes what belongs to one command."""

    def __init__(self, latex: str) -> None:
        self._tokens = re.findall(r"\\[A-Za-z]+|\\.|.", latex, re.DOTALL)[::-1]

    def all(self) -> str:
        """Return what is left, up to the bracket that closes this group."""
        text = ""
        while self._tokens:
            token = self._tokens.pop()
            if token == "}":
                break
            text += self._read(token)
        return text

    def _read(self, token: str) -> str:
        if token == "{":
            return self.all()
        if token in _SCRIPTS:
            return _script(token, self._argument())
        if token in _OPERATORS:
            return _GAP + _OPERATORS[token] + self._scripts() + _GAP
        if token in _RELATIONS:
            return f" {_RELATIONS[token]} "
        if token in _FRACTIONS:
            above, below = self._argument(), self._argument()
            return f"{_OPEN}{_single(above)}/{_single(below, product=False)}{_CLOSE}{_GAP}"
        if token == r"\sqrt":
            return "√" + _single(self._argument(), product=False)
        if token in _ACCENTS:
            under = self._argument()
            return under + _ACCENTS[token] if len(under) == 1 else f"{token[1:]}({under})"
        if token == r"\text":
            return self._verbatim()
        if token in _PLAIN:
            return self._argument()
        if token in _SILENT:
            return ""
        return _SIGNS.get(token) or _letter(token)

    def _argument(self) -> str:
        while self._tokens and self._tokens[-1] == " ":
            self._tokens.pop()
        return self._read(self._tokens.pop()).strip() if self._tokens else ""

    def _scripts(self) -> str:
        text = ""
        while self._tokens and self._tokens[-1] in _SCRIPTS:
            text += self._read(self._tokens.pop())
        return text

    def _verbatim(self) -> str:
        words = ""
        while self._tokens and (token := self._tokens.pop()) != "}":
            words += token.strip("{")
        return words


def _letter(token: str) -> str:
    name = token.removeprefix("\\")
    if not token.startswith("\\"):
        return "" if token in _SIGNS else name
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        return "" if token in _SIGNS else name


def _script(sign: str, text: str) -> str:
    letters = _SCRIPTS[sign]
    if text and all(character in letters for character in text):
        return "".join(letters[character] for character in text)
    bare = text.replace(_GAP, "")
    word = len(bare) == 1 or (sign == "_" and bare.isalpha())
    return sign + (bare if word else f"({text})")


def _single(text: str, *, product: bool = True) -> str:
    """Return text in brackets, unless it is one thing (or a `product`) without them."""
    bare = re.sub(r"\([^()]*\)|\|[^|]*\|", "", text)
    compound = re.search(r"[-+−/ ]", bare.strip()) is not None
    letters = re.sub(r"[\u0300-\u036f₀-₉ₐ-ₜ⁰-⁹ⁱⁿ′_^]", "", bare)
    several = len(letters) > 1 and not letters.isdigit()
    return f"({text})" if compound or (several and not product) else text
