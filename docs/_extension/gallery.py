"""The gallery of reproductions: each script with its docstring, settings, picture and output."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from _extension.markdown import directive, words

ROW = re.compile(r"\| `(?P<script>\w+)\.py` \| (?P<figure>.*?) \| (?P<settings>.*?) \|$")


@dataclass(frozen=True)
class Reproduction:
    """A script of the gallery.

    Attributes
    ----------
    script
        Name of the script, without its ending.
    title, text
        First line and rest of its docstring.
    figure, settings
        What it shows and with which numbers, from the list of the scripts.
    """

    script: str
    title: str
    text: str
    figure: str
    settings: str

    @property
    def paper(self) -> str:
        """Key of the paper in the bibliography: the first part of the script's name."""
        return self.script.partition("_")[0]

    @property
    def shows(self) -> str:
        """What it shows, without the paper: ``Figure 2a``, or a few words."""
        found = self.figure.removeprefix(f"{self.paper}, ")
        return f"Figure {found}" if re.fullmatch(r"\d+[a-z]?", found) else found


def reproductions(folder: Path) -> list[Reproduction]:
    """Return the scripts in `folder`, in the order of its README.

    Raises
    ------
    ValueError
        If a script is not in the list, or the list names one that is not there.
    """
    scripts = {path.stem: path for path in sorted(folder.glob("[a-z]*.py"))}
    found = []
    for line in (folder / "README.md").read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if row is None:
            continue
        if row["script"] not in scripts:
            raise ValueError(f"README.md lists {row['script']}.py, which is not there")
        title, text = _docstring(scripts.pop(row["script"]))
        found.append(Reproduction(row["script"], title, text, row["figure"], row["settings"]))
    if scripts:
        raise ValueError(f"README.md does not list {', '.join(scripts)}")
    return found


def _docstring(path: Path) -> tuple[str, str]:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    title, _, rest = text.partition("\n")
    return title, rest.strip()


def script_page(shown: Reproduction, output: str | None, seconds: float) -> str:
    """Return the page of a script.

    Parameters
    ----------
    shown
        The script.
    output
        What it printed; None if it was not run, or not to its end.
    seconds
        The longest that a script may take in this build.
    """
    parts = [
        f"# {words(shown.title.rstrip('.'))}",
        f"{{cite:t}}`{shown.paper}`, {words(shown.shows)}. Settings: {words(shown.settings)}.",
    ]
    if shown.text:
        parts.append(words(shown.text))
    if output is None:
        note = (
            f"This build has no picture: the script takes longer than {seconds:g} seconds here. "
            "Run it yourself, or build with `-D depthlaw_seconds_a_script=600`."
        )
        parts.append(directive("note", body=note))
    else:
        alt = f"Reproduction: {shown.title}"
        parts.append(directive("image", f"{shown.script}.png", class_="on-white", alt=alt))
        printed = "\n".join(
            line for line in output.splitlines() if not line.startswith("picture: ")
        )
        if printed:
            parts += ["It prints:", directive("code-block", "text", body=printed)]
    command = f"$ python docs/reproductions/{shown.script}.py --out pictures"
    parts += [
        "Run it:",
        directive("code-block", "console", body=command),
        "## The script",
        directive("literalinclude", f"{shown.script}.py", language="python"),
    ]
    return "\n\n".join(parts) + "\n"


def _entry(shown: Reproduction) -> str:
    """Return a script's line in the table of contents, with a title short enough for a margin."""
    return f"{shown.paper}, {shown.shows} <{shown.script}>"


def index_page(shown: Sequence[Reproduction], outputs: Mapping[str, str | None]) -> str:
    """Return the page with a card for each script."""
    cards = []
    for each in shown:
        target = f"[{words(each.title.rstrip('.'))}]({each.script}.md)"
        body = [f"{target}\n{{cite:p}}`{each.paper}`"]
        if outputs.get(each.script) is not None:
            body.insert(0, f"[![{each.script}]({each.script}.png)]({each.script}.md)")
        else:
            body.append("*Not drawn in this build: it takes too long here.*")
        cards.append(directive("container", "card", body="\n\n".join(body)))
    return (
        "\n\n".join(
            [
                "# Reproductions",
                "Figures of the papers and experiments beside them, drawn again with the theory on "
                "top. Every picture here was drawn while this site was built; a script that takes "
                "too long for that has its page, and its picture where you run it.",
                directive("container", "cards", body="\n\n".join(cards), depth=4),
                directive("toctree", body="\n".join(map(_entry, shown)), hidden=""),
            ]
        )
        + "\n"
    )
