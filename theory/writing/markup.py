r"""Pieces of HTML for notebooks: plain text in, escaped markup out, no style sheet and no script.

Formulas are LaTeX between ``\(`` and ``\)``, which notebooks typeset. Words are marked so that
nothing in them is taken for a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def words(text: object) -> str:
    """Return text as HTML in which it stands letter for letter.

    >>> words("1 < 2") == '<span class="tex2jax_ignore mathjax_ignore">1 &lt; 2</span>'
    True
    """
    return f'<span class="tex2jax_ignore mathjax_ignore">{escape(str(text))}</span>'


def strong(text: object) -> str:
    """Return text as HTML, emphasised."""
    return f"<strong>{words(text)}</strong>"


def formula(latex: str) -> str:
    r"""Return LaTeX as HTML that a notebook typesets within the line.

    >>> formula("a < b") == r'<span class="math">\(a &lt; b\)</span>'
    True
    """
    return rf'<span class="math">\({escape(latex)}\)</span>'


def paragraph(*parts: str) -> str:
    """Return a paragraph of HTML that is made already."""
    return f"<p>{' '.join(part for part in parts if part)}</p>"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table: headings are text, cells are HTML that is made already.

    >>> table(["a"], [[words(1)]]).count("<td>") == 1
    True
    """
    head = "".join(f'<th scope="col">{words(heading)}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def displayed(latex: str) -> str:
    r"""Return LaTeX as what ``_repr_latex_`` gives: between dollars, in full size.

    >>> displayed("x") == r"$\displaystyle x$"
    True
    """
    return rf"$\displaystyle {latex}$"
