"""The report in a browser, where there is one, and as any browser would parse it, everywhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from depthlaw.numerics.verify import verify
from depthlaw.report import render_report

CLAIMS = ("orthogonalization.lemma-4", "orthogonalization.theorem-5", "isometry.table-2")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
PHONE = 360


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    within: tuple[str, ...]
    text: str = ""


@dataclass
class Outline(HTMLParser):
    """All elements of a page, and what is wrong with how they are nested."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, page: str) -> Outline:
        outline = cls()
        outline.feed(page)
        outline.close()
        outline.faults += [f"{element.tag} is never closed" for element in outline._open]
        return outline

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), tuple(parent.tag for parent in self._open))
        if len(element.attributes) < len(attrs):
            self.faults.append(f"{tag} repeats an attribute")
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(verify(CLAIMS))


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline.of(page)


# --- as any browser would parse it


def test_elements_are_nested_and_closed(outline: Outline) -> None:
    assert outline.faults == []


@pytest.mark.parametrize("broken", ["<p><b></p></b>", "<div>", "</i>", '<p id="a" id="b"></p>'])
def test_the_parser_sees_faults(broken: str) -> None:
    assert Outline.of(broken).faults


def test_identifiers_are_unique_and_links_lead_to_them(outline: Outline) -> None:
    ids = Counter(e.attributes["id"] for e in outline.elements if "id" in e.attributes)
    assert set(ids.values()) == {1}
    links = [element.attributes.get("href") or "" for element in outline.all("a")]
    assert links
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    labels = [e.attributes.get("aria-labelledby") for e in outline.elements]
    assert all(label in ids for label in labels if label)


def test_nothing_is_loaded_from_anywhere(page: str, outline: Outline) -> None:
    for element in outline.elements:
        for name in ("src", "srcset", "data", "action", "poster", "xlink:href"):
            assert name not in element.attributes, element
        if element.tag == "link":
            assert (element.attributes["href"] or "").startswith("data:")
    assert not re.search(r"url\(|@import|https?://|//cdn", page)


def test_every_picture_field_and_scrolling_part_has_a_name(outline: Outline) -> None:
    pictures = outline.all("svg", "img")
    assert len(pictures) > len(CLAIMS)
    for picture in pictures:
        hidden = picture.attributes.get("aria-hidden") == "true"
        assert hidden or picture.attributes.get("aria-label")
    for control in outline.all("select", "input"):
        assert "label" in control.within
    for part in outline.elements:
        if part.attributes.get("role") == "region":
            assert part.attributes.get("aria-label")
            assert part.attributes.get("tabindex") == "0"


def test_headings_go_down_one_level_at_a_time(outline: Outline) -> None:
    levels = [int(heading.tag[1]) for heading in outline.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(heading.text.strip() for heading in outline.all("h1", "h2", "h3", "h4"))


def test_the_page_is_read_without_its_script(outline: Outline) -> None:
    (form,) = outline.all("form")
    assert "hidden" in form.attributes
    assert all("hidden" not in card.attributes for card in outline.all("article"))
    assert all("onclick" not in element.attributes for element in outline.elements)


def test_language_and_landmarks_are_told(outline: Outline) -> None:
    assert outline.all("html")[0].attributes["lang"] == "en"
    assert len(outline.all("main")) == 1
    first = next(element for element in outline.elements if "body" in element.within)
    assert (first.tag, first.attributes["href"]) == ("a", "#claims")
    assert all("scope" in heading.attributes for heading in outline.all("th"))


# --- in a browser


@dataclass(frozen=True)
class Opened:
    """What a browser made of a page: its elements, and what it said on the console."""

    outline: Outline
    console: list[str]


def opened(browser: str, page: str, folder: Path, *, width: int = 1280) -> Opened:
    """Open a page without a window."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    words = [
        browser,
        "--headless=new",
        # Containers lack what the sandbox is made of; the page is our own.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width},900",
        "--dump-dom",
        path.as_uri(),
    ]
    found = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    console = [line for line in found.stderr.splitlines() if "CONSOLE" in line]
    return Opened(Outline.of(found.stdout), console)


def installed() -> list[str]:
    """Return the first browser that there is; none is no failure."""
    return [path for name in BROWSERS if (path := shutil.which(name))][:1]


def with_script(page: str, script: str) -> str:
    """Return the page with a script that its own policy would not let run."""
    return POLICY.sub("", page).replace("</body>", f"<script>{script}</script></body>")


def test_a_browser_shows_it_without_complaint(page: str, outline: Outline, tmp_path: Path) -> None:
    assert outline.faults == []
    for browser in installed():
        found = opened(browser, page, tmp_path)
        assert found.console == []
        # The page's script has run: its own policy lets it.
        assert "hidden" not in found.outline.all("form")[0].attributes
        assert found.outline.all("output")[0].text == f"{len(CLAIMS)} of {len(CLAIMS)} claims"
        assert len(found.outline.all("math")) == len(outline.all("math"))


def test_a_browser_would_have_complained(page: str, tmp_path: Path) -> None:
    forbidden = page.replace("</body>", "<script>document.title = 'taken over'</script></body>")
    assert POLICY.search(forbidden)
    for browser in installed():
        found = opened(browser, forbidden, tmp_path)
        assert found.console
        assert found.outline.all("title")[0].text != "taken over"


def test_the_filter_hides_what_is_not_asked_for(page: str, tmp_path: Path) -> None:
    paper = CLAIMS[2].partition(".")[0]
    script = (
        f"form.elements.paper.value = '{paper}'; form.dispatchEvent(new Event('input'));"
        "document.title = form.querySelector('output').value"
    )
    changed = with_script(page, script)
    assert f'<option value="{paper}">' in changed
    for browser in installed():
        found = opened(browser, changed, tmp_path)
        assert found.outline.all("title")[0].text == f"1 of {len(CLAIMS)} claims"
        shown = [c for c in found.outline.all("article") if "hidden" not in c.attributes]
        assert [card.attributes["id"] for card in shown] == [f"claim-{CLAIMS[2]}"]


def on_a_telephone(page: str) -> str:
    """Return a page whose title tells how wide another page is in a frame as wide as a telephone.

    A window of a browser has a least width, which a frame has not.
    """
    script = (
        "const inner = document.querySelector('iframe').contentDocument;"
        "for (const part of inner.querySelectorAll('details')) part.open = true;"
        "for (const card of inner.querySelectorAll('.card'))"
        " card.style.contentVisibility = 'visible';"
        "const root = inner.documentElement;"
        "document.title = `${root.scrollWidth} ${root.clientWidth}`"
    )
    style = f"width: {PHONE}px; height: 900px; border: 0"
    return (
        f'<!DOCTYPE html><title></title><iframe style="{style}" srcdoc="{escape(page)}"></iframe>'
        f"<script>addEventListener('load', () => {{ {script} }})</script>"
    )


@pytest.mark.parametrize("room", [PHONE - 20, PHONE + 20])
def test_a_telephone_scrolls_in_one_direction_only(room: int, page: str, tmp_path: Path) -> None:
    # Something of a known width proves that the page's own parts are measured.
    ruler = f'<div style="width: {room}px; height: 1px; margin-left: -1rem"></div></main>'
    measured = POLICY.sub("", page).replace("</main>", ruler)
    assert measured.count(ruler) == 1
    for browser in installed():
        found = opened(browser, on_a_telephone(measured), tmp_path)
        needed, given = map(int, found.outline.all("title")[0].text.split())
        assert given <= PHONE
        assert (needed <= given) == (room < PHONE)
