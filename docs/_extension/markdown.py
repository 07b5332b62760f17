r"""Pieces of MyST text: words that are not markup, formulas, tables, directives."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKUP = re.compile(r"([\\*_{}\[\]<>|$~#])")
_CODE = re.compile(r"(`[^`]*`)")
_INDEX = re.compile(
    # A letter of its own, or after a sum, with an index: names like slope_at_one are words.
    r"(?<![A-Za-zα-ω0-9_\\])(?P<base>[^\W\d_][\u0300-\u036f′]?)_"
    r"(?P<index>\{[^{}|`\\]+\}|[A-Za-zα-ωℓ0-9]{1,3}(?![A-Za-zα-ωℓ0-9_]))"
    # A power, of anything.
    r"|(?<=[\w)\]|}])\^(?P<power>\{[^{}|`\\]+\}|\([^()|`\\]+\)|[−-]?[^\W_]+)"
)


def words(text: str) -> str:
    r"""Return text as MyST: markup characters stand for themselves, indices and powers are set.

    Code in backticks stays code.

    >>> words("a_1 < `b_1`, at_least * 10^16")
    'a{sub}`1` \\< `b_1`, at\\_least \\* 10{sup}`16`'
    """
    parts = _CODE.split(" ".join(text.split()))
    return "".join(p if _CODE.fullmatch(p) else _prose(p) for p in parts)


def _prose(text: str) -> str:
    shown, end = [], 0
    for found in _INDEX.finditer(text):
        shown.append(_MARKUP.sub(r"\\\1", text[end : found.start()]))
        if found["power"]:
            shown.append(f"{{sup}}`{_inside(found['power'])}`")
        else:
            shown.append(f"{found['base']}{{sub}}`{_inside(found['index'])}`")
        end = found.end()
    return "".join([*shown, _MARKUP.sub(r"\\\1", text[end:])])


def _inside(script: str) -> str:
    """Return an index or power without the brackets that hold it together."""
    return script[1:-1] if script[0] in "{(" else script


def inline(latex: str) -> str:
    """Return a formula within a line."""
    return f"{{math}}`{latex}`"


def display(latex: str) -> str:
    """Return a formula on lines of its own."""
    return directive("math", body=latex)


def directive(
    name: str, argument: str = "", *, body: str = "", depth: int = 3, **options: str
) -> str:
    """Return a directive; one that holds others needs a larger `depth`.

    >>> print(directive("note", body="Read this.", class_="quiet"))
    :::{note}
    :class: quiet
    <BLANKLINE>
    Read this.
    :::
    """
    fence = ":" * depth
    given = [
        f":{key.rstrip('_').replace('_', '-')}: {value}".rstrip() for key, value in options.items()
    ]
    lines = [f"{fence}{{{name}}} {argument}".rstrip(), *given]
    if body:
        lines += [*([""] if given else []), body]
    return "\n".join([*lines, fence])


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a table; cells are MyST text of one line.

    A bar within a cell is escaped once for the table, whatever it means within the cell.

    >>> print(table(["n", "n²"], [["2", "4"], ["x", inline(r"\|x\|")]]))
    | n | n² |
    |---|---|
    | 2 | 4 |
    | x | {math}`\\|x\\|` |
    """
    lines = [[cell.replace("|", r"\|") for cell in line] for line in (headings, *rows)]
    shown = ["| " + " | ".join(cell or "–" for cell in line) + " |" for line in lines]
    shown.insert(1, "|" + "---|" * len(headings))
    return "\n".join(shown)


def badge(text: str, kind: str) -> str:
    """Return a word in a coloured frame; the word itself, not the colour, carries the meaning.

    >>> badge("CERTIFIED", "certified")
    '{badge-certified}`CERTIFIED`'
    """
    return f"{{badge-{kind}}}`{text}`"
