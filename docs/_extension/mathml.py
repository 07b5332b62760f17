"""Formulas as MathML, made while the site is built: pages need no script and no network."""

from __future__ import annotations

from math_core import LatexToMathML

_CONVERTER = LatexToMathML(fancy_error=False)


def mathml(latex: str, *, display: bool) -> str:
    r"""Return a formula as a ``math`` element.

    Raises
    ------
    math_core.LatexError
        If it is not valid LaTeX.

    Examples
    --------
    >>> mathml(r"\frac{1}{n}", display=True).count("<mfrac>")
    1
    """
    return _CONVERTER.convert_with_local_state(latex.strip(), displaystyle=display)
