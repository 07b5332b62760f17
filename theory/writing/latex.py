r"""LaTeX of an expression whose symbols may be named in LaTeX themselves.

Claims name what has no SymPy counterpart by short pieces of LaTeX, such as ``V(H_{\ell+1})``. SymPy
takes every name apart at its underscores and carets, which breaks such pieces; here they are
printed as they stand.
"""

from __future__ import annotations

import re

import sympy as sp
from sympy.printing.latex import LatexPrinter

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
    return str(_Printer({"symbol_names": names}).doprint(expression))


class _Printer(LatexPrinter):
    r"""SymPy's printer without ``\substack``, which not every renderer knows.

    SymPy stacks the places of a substitution and the ranges of a sum over several indices.
    """

    def _print_Sum(self, expr: sp.Sum) -> str:  # noqa: N802
        return self._nested(r"\sum", expr)

    def _print_Product(self, expr: sp.Product) -> str:  # noqa: N802
        return self._nested(r"\prod", expr)

    def _nested(self, sign: str, expr: sp.Sum | sp.Product) -> str:
        """Return a sign for each range, the one that runs first at the right."""
        signs = (
            rf"{sign}_{{{self._print(index)}={self._print(first)}}}^{{{self._print(last)}}}"
            for index, first, last in reversed(expr.limits)
        )
        body = self._print(expr.function)
        term = rf"\left({body}\right)" if expr.function.is_Add else body
        return f"{' '.join(signs)} {term}"

    def _print_Subs(self, subs: sp.Subs) -> str:  # noqa: N802
        places = r",\ ".join(
            f"{self._print(old)}={self._print(new)}"
            for old, new in zip(subs.variables, subs.point, strict=True)
        )
        return rf"\left. {self._print(subs.expr)} \right|_{{{places}}}"
