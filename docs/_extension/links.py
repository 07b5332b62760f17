"""Checks a built site: every link within it leads somewhere, and nothing is loaded from elsewhere.

``python -m _extension.links SITE`` prints what is wrong, one finding a line, and exits with 1.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""Elements whose target a browser fetches by itself."""
POINTERS = {"canonical", "next", "prev", "index", "search", "genindex", "author", "license"}
"""Relations of ``link`` that a browser does not fetch."""


class Page(HTMLParser):
    """The anchors of a page, what it links to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect anchors and targets of an element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.targets.append(given["href"])
        fetched = tag != "link" or given.get("rel") not in POINTERS
        if tag in LOADED and LOADED[tag] in given and fetched:
            self.loaded.append(given[LOADED[tag]])


def findings(site: Path) -> list[str]:
    """Return what is wrong with the pages below `site`, one line each."""
    pages = {
        path.resolve(): Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")
    }
    wrong = [] if pages else [f"{site}: no page"]
    for path, page in sorted(pages.items()):
        name = path.relative_to(site.resolve())
        wrong += [f"{name}: loads {url}" for url in page.loaded if urlsplit(url).netloc]
        wrong += [
            f"{name}: {target} leads nowhere"
            for target in dict.fromkeys([*page.targets, *page.loaded])
            if not _leads_somewhere(target, path, pages)
        ]
    return wrong


def _leads_somewhere(target: str, path: Path, pages: dict[Path, Page]) -> bool:
    url = urlsplit(target)
    if url.scheme or url.netloc:
        return True
    there = (path.parent / unquote(url.path)).resolve() if url.path else path
    if there.is_dir():
        there /= "index.html"
    if not there.exists():
        return False
    anchor = unquote(url.fragment)
    return not anchor or there not in pages or anchor in pages[there].anchors


if __name__ == "__main__":
    found = findings(Path(sys.argv[1]))
    print("\n".join(found) or "every link leads somewhere")
    raise SystemExit(bool(found))
