"""LaTeX as MathML, which browsers typeset without a script."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

from markupsafe import Markup
from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML()
_ELEMENTS = frozenset(
    {"math", "menclose", "merror", "mmultiscripts", "mphantom", "mprescripts"}
) | {
    f"m{name}"
    for name in (
        *("frac", "i", "n", "o", "over", "padded", "root", "row", "s", "space", "sqrt", "style"),
        *("sub", "subsup", "sup", "table", "td", "text", "tr", "under", "underover"),
    )
}
"""Names of elements that only show something."""
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;")


def convert(latex: str, *, display: bool) -> str:
    r"""Return a formula as a ``math`` element.

    Raises
    ------
    math_core.LatexError
        If it is not valid LaTeX.

    Examples
    --------
    >>> convert(r"\frac{1}{n}", display=True).count("<mfrac>")
    1
    """
    return _CONVERTER.convert_with_local_state(latex.strip(), displaystyle=display)


def mathml(latex: str, *, display: bool = True) -> Markup:
    r"""Return a formula as a ``math`` element, or as its source where it cannot be typeset.

    >>> str(mathml(r"\frac{1}{n}")).count("<mfrac>")
    1
    >>> "&lt;b&gt;" in mathml(r"\unknown{<b>}")
    True
    """
    try:
        found = convert(latex, display=display)
    except LatexError:
        return Markup("<code>{}</code>").format(latex)
    # HTML knows more names of characters than XML: a checker of either reads the character.
    plain = _NAMED.sub(lambda name: unescape(name[0]), found)
    return Markup(plain) if _only_shows(plain) else Markup("<code>{}</code>").format(latex)


def _only_shows(markup: str) -> bool:
    """Whether markup has formula elements alone, without links and handlers.

    The converter escapes text; this does not rest on it, since formulas may be a stranger's.
    """
    try:
        root = ElementTree.fromstring(markup)  # no entities but XML's own: nothing is fetched
    except ElementTree.ParseError:
        return False
    return all(
        element.tag in _ELEMENTS
        and not any(name.startswith("on") or name.endswith("href") for name in element.attrib)
        for element in root.iter()
    )
