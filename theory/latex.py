r"""LaTeX of an expression whose symbols may be named in LaTeX themselves.

Claims name what has no SymPy counterpart by short pieces of LaTeX, such as ``V(H_{\ell+1})``. SymPy
takes every name apart at its underscores and carets, which breaks such pieces; here they are
printed as they stand.
"""

from __future__ import annotations

import re

import sympy as sp

_WRITTEN = re.compile(r"[\\{}^|()/' ]")
"""What only a name that is LaTeX already contains."""


def latex(expression: sp.Basic) -> str:
    r"""Return `expression` in LaTeX.

    >>> gap = sp.Symbol(r"V(H_{\ell+1})")
    >>> latex(gap) == gap.name
    True
    >>> n = sp.Symbol("n", positive=True)
    >>> latex(sp.sqrt(n)) == sp.latex(sp.sqrt(n))
    True
    """
    names = {
        symbol: symbol.name
        for symbol in expression.atoms(sp.Symbol)
        if _WRITTEN.search(symbol.name)
    }
    text = str(sp.latex(expression, symbol_names=names))
    # SymPy stacks the places of a substitution, with a command that not every renderer knows.
    text = text.replace(r"\substack{ ", "{ ")
    return text if r"\begin" in text else text.replace(r"\\ ", r",\ ")
