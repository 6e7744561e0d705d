"""The page as a real browser lays it out: on a phone, on a desk, in print, light and dark."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from labgen.recordings import recording
from labgen.report import page
from tests.unit.report.browser import Page, chromium
from tests.unit.report.samples import hostile, partition, power_cut, stability

LOOK = (Path(__file__).parent / "look.js").read_text()
PHONE, TABLET, DESK = 390, 768, 1280  # pixels
PAPER = 688  # pixels; A4 between the margins of the style sheet
SHOWN = "[...document.querySelectorAll('.chart')].filter(it => it.getClientRects().length).length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["usual", "hostile"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp(request.param)
    usual = (power_cut(), partition(), stability())
    for number, one in enumerate(usual if request.param == "usual" else (hostile(),)):
        recording.write(one, directory / f"{number}.json")
    return page.write(directory)


@pytest.mark.parametrize(
    ("width", "scheme"), list(product([PHONE, TABLET, DESK], ["light", "dark"]))
)
def test_everything_can_be_read(browser: Page, report: Path, width: int, scheme: str) -> None:
    browser.show(report, width=width, scheme=scheme)
    assert browser.evaluate(LOOK) == []


def test_everything_can_be_read_on_paper(browser: Page, report: Path) -> None:
    browser.show(report, width=PAPER, scheme="dark", media="print")
    assert browser.evaluate(LOOK) == []
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_each_drawing_is_shown_once(browser: Page, report: Path, width: int) -> None:
    browser.show(report, width=width)
    assert browser.evaluate(SHOWN) == browser.evaluate("document.querySelectorAll('figure').length")


def test_charts_use_the_width_of_a_wide_screen(browser: Page, report: Path) -> None:
    browser.show(report, width=1800)
    width = "document.querySelector('figure').getBoundingClientRect().width"
    assert browser.evaluate(width) == 1200
    assert browser.evaluate("document.documentElement.scrollWidth") <= 1800


def test_nothing_is_loaded_and_nothing_complains(browser: Page, report: Path) -> None:
    browser.show(report, width=DESK)
    assert browser.requested == [report.as_uri()]
    assert browser.complaints == []


def test_each_fault_begins_on_a_sheet_of_its_own(browser: Page, report: Path) -> None:
    browser.show(report, width=DESK)
    sheets = len(re.findall(rb"/Type\s*/Page\b", browser.pdf()))
    assert sheets > browser.evaluate("document.querySelectorAll('.fault').length")


def test_the_look_finds_what_is_wrong(browser: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(
        "<!doctype html><meta name=viewport content='width=device-width'>"
        "<p style='color:#aaa'>faint</p><p style='width:900px'>wide</p>"
        "<svg class='chart' width=300 height=40><text y=20>one</text><text y=20>two</text>"
        "<rect class='bar' width=10 height=18 y=22 stroke='#000' fill='#fff'/>"
        "<text class='bartext' y=36>longer than this</text></svg>"
        "<script src='gone.js'></script><script>console.log('hello')</script>"
    )
    browser.show(broken, width=PHONE)
    said = " ".join(browser.evaluate(LOOK))
    for wrong in (
        "sideways",
        "contrast 2.3",
        "beyond the right edge",
        "covers",
        "wider than its bar",
    ):
        assert wrong in said
    assert len(browser.requested) == 2
    assert any("hello" in complaint for complaint in browser.complaints)
