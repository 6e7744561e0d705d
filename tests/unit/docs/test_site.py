"""The documentation builds as a site that loads nothing from elsewhere; dead links fail it."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = ("docs", "tools", "mkdocs.yml", "CONTRIBUTING.md", "CHANGELOG.md")
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}
STYLES = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "manifest"}


class Assets(HTMLParser):
    """Gather the addresses that a browser loads automatically when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "link" and STYLES & set(named.get("rel", "").split()):
            self.addresses.append(named.get("href", ""))
        elif tag in LOADING:
            self.addresses.append(named.get(LOADING[tag], ""))


def build(source: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site as `make docs` does."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)],
        cwd=source,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the inputs of the site."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / "source" / name)
        else:
            shutil.copy(ROOT / name, tmp_path / "source" / name)
    return tmp_path / "source"


def test_site_is_built_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    outcome = build(ROOT, tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assets = Assets()
    for page in tmp_path.rglob("*.html"):
        assets.feed(page.read_text())
    elsewhere = [it for it in assets.addresses if re.match(r"([a-z]+:)?//", it)]
    elsewhere += [
        address
        for style in tmp_path.rglob("*.css")
        for address in re.findall(
            r"(?:url\(|@import )[\"']?((?:https?:)?//[^\"')]+)", style.read_text()
        )
    ]
    assert assets.addresses
    assert elsewhere == []


@pytest.mark.parametrize(
    "wrong",
    [
        "[a page that is not there](gone.md)",
        "[a heading that is not there](tutorial/first-lab.md#gone)",
        "[a heading that is not here](#gone)",
        "![a picture that is not there](gone.svg)",
    ],
)
def test_what_is_dead_fails_the_build(copy: Path, tmp_path: Path, wrong: str) -> None:
    page = copy / "docs" / "glossary.md"
    page.write_text(f"{page.read_text()}\n{wrong}\n")
    outcome = build(copy, tmp_path / "site")
    assert outcome.returncode != 0
    assert "gone" in outcome.stderr


def test_page_that_the_navigation_leaves_out_fails_the_build(copy: Path, tmp_path: Path) -> None:
    (copy / "docs" / "how-to" / "forgotten.md").write_text("# Forgotten\n")
    outcome = build(copy, tmp_path / "site")
    assert outcome.returncode != 0
    assert "forgotten.md" in outcome.stderr
