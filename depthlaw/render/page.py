"""A page of text for a person: composed first, written at once."""

from __future__ import annotations

import sys
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from depthlaw.render.letters import fitting
from depthlaw.render.streams import require_stdout, terminal_columns

PIPED_WIDTH = 100_000
"""Columns where nobody looks at the edge: in a file or a pipe nothing is wrapped or cut."""
WIDE = 120
"""Columns from which a table has room for everything in one line."""


class Page:
    r"""What a command prints.

    Colours and wrapping are for terminals only; ``NO_COLOR`` is honoured. Nothing reaches stdout
    before `write`, so that an error leaves it empty.

    >>> page = Page()
    >>> page.add("two", "lines")
    >>> page.text() == "two\nlines\n"
    True
    """

    def __init__(self) -> None:
        require_stdout()
        self.terminal = sys.stdout.isatty()
        self.encoding = sys.stdout.encoding or "utf-8"
        self._text = StringIO()
        self._console = Console(
            file=self._text,
            force_terminal=self.terminal,
            width=terminal_columns() if self.terminal else PIPED_WIDTH,
            highlight=False,
            markup=False,
            emoji=False,
        )

    @property
    def wide(self) -> bool:
        """Whether a table may have one line for each row."""
        return self._console.width >= WIDE

    @property
    def columns(self) -> int:
        """How wide a formula may be drawn."""
        return min(self._console.width, WIDE)

    def add(self, *parts: RenderableType) -> None:
        """Append parts, each on lines of its own, in letters that stdout can show."""
        for part in parts:
            self._console.print(self._shown(part))

    def _shown(self, part: RenderableType) -> RenderableType:
        # Before anything is laid out: "<=" takes more room than "≤".
        if isinstance(part, str):
            return fitting(part, self.encoding)
        if isinstance(part, Text) and fitting(part.plain, self.encoding) != part.plain:
            pieces = part.render(self._console)
            return Text.assemble(*((fitting(p.text, self.encoding), p.style or "") for p in pieces))
        if isinstance(part, Table):
            for column in part.columns:
                column.header = self._shown(column.header)
                column._cells[:] = map(self._shown, column._cells)
        return part

    def heading(self, text: str) -> None:
        """Append an empty line and a heading."""
        self.add("", Text(text, style="bold"))

    def item(self, *parts: RenderableType, mark: str = "•") -> None:
        """Append parts behind a mark, indented together."""
        grid = Table.grid(padding=(0, 1, 0, 0))
        for index, part in enumerate(parts):
            grid.add_row("" if index else f"  {mark}", part)
        self.add(grid)

    def text(self) -> str:
        """Return the page; off a terminal without the blanks that fill table cells up."""
        text = self._text.getvalue()
        if self.terminal:
            return text
        return "".join(line.rstrip() + "\n" for line in text.splitlines())

    def write(self) -> None:
        """Write the page to stdout."""
        sys.stdout.write(fitting(self.text(), self.encoding))
        sys.stdout.flush()


def table(*, lines: bool = False) -> Table:
    """Return an empty table in the house style; `lines` leaves space between its rows."""
    return Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="bold",
        show_lines=lines,
    )
