r"""Docstrings for autodoc: what reads well in a terminal, where reStructuredText means another.

Bars in prose are absolute values, not references to substitutions, and a name in backticks may
stand right beside a letter or a sign.
"""

from __future__ import annotations

import re

_LITERAL = re.compile(r"(``.*?``|`[^`]*`)")
_REFERENCE = re.compile(r"(?<=\w)_(?!\w)")
"""An underscore at the end of a word would make it the name of a link."""
_BEFORE = " '\"([{<-/:"
_AFTER = " '\")]}>-/\\:.,;!?"
"""Next to these characters reStructuredText recognises a literal by itself."""


def prepared(lines: list[str]) -> list[str]:
    r"""Return the lines of a docstring; those of examples stay as they are.

    >>> prepared(["|x| and `|y|`", ">>> 1 | 2", "3 | 0", "", "x^`k`·c_`n`"])
    ['\\|x\\| and `|y|`', '>>> 1 | 2', '3 | 0', '', 'x^\\ `k`\\ ·c\\_\\ `n`']
    """
    found, in_example = [], False
    for line in lines:
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(">>>"))
        found.append(line if in_example else _prose(line))
    return found


def _prose(line: str) -> str:
    parts = _LITERAL.split(line)
    for place in range(1, len(parts), 2):  # every other part is a literal
        before, after = parts[place - 1][-1:], parts[place + 1][:1]
        # An escaped space separates and is not shown.
        opening = "" if before in _BEFORE else "\\ "
        closing = "" if after in _AFTER else "\\ "
        parts[place] = f"{opening}{parts[place]}{closing}"
    for place in range(0, len(parts), 2):
        parts[place] = _REFERENCE.sub(r"\_", parts[place].replace("|", r"\|"))
    return "".join(parts)
