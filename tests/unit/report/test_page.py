"""The page: everything in one file, whatever the recordings contain."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest

from labgen.errors import UsageError
from labgen.recordings import recording
from labgen.recordings.loader import Named
from labgen.recordings.metrics import MEANINGS, NEW_CONNECTION, PERSISTENT_CONNECTION
from labgen.recordings.recording import Client, Figure, Recording, Sample
from labgen.report import page
from tests.unit.report.samples import hostile, partition, power_cut, stability

KILOBYTES = 1000
RECORDINGS = (power_cut(), partition(), stability())


def html(recordings: Sequence[Recording] = RECORDINGS) -> str:
    return page.html([Named(f"number{i}", one) for i, one in enumerate(recordings)])


@pytest.fixture(scope="module")
def shown() -> str:
    return html()


def drawings(text: str) -> list[ET.Element]:
    """Return the timelines, which are well-formed XML."""
    return [
        ET.fromstring(drawing)  # noqa: S314 - made here
        for drawing in re.findall(r'<svg class="chart.*?</svg>', text, re.DOTALL)
    ]


def test_a_directory_of_recordings_becomes_a_page_in_it(tmp_path: Path) -> None:
    recording.write(stability(), tmp_path / "load.json")
    assert page.write(tmp_path) == tmp_path / "report.html"
    assert "cpu-load" in (tmp_path / "report.html").read_text()
    elsewhere = tmp_path / "deep" / "page.html"
    assert page.write(tmp_path / "load.json", elsewhere) == elsewhere
    assert elsewhere.read_text() == (tmp_path / "report.html").read_text()


def test_a_directory_without_recordings_gets_no_page(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        page.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_page_names_no_address_and_runs_no_script(shown: str) -> None:
    addresses = set(re.findall(r"[a-z]+://[^\"<> ]+", shown))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name, loaded by nobody
    assert not re.search(r"<script|\son\w+=|@import|url\((?!#)", shown)
    assert "default-src 'none'" in shown


def test_an_exceeded_limit_is_named_at_the_top_with_a_link(shown: str) -> None:
    verdict = re.sub(r"\s+", " ", shown[shown.index('class="verdict"') : shown.index("<dl")])
    assert "1 of 15 limits exceeded" in verdict
    assert '<a href="#fault-2">partition on master1</a>: longest gap, new connection.' in verdict


def test_red_counts_what_exceeds_its_limit() -> None:
    shown = html([partition(), power_cut()])
    assert '<span class="exceeded"><span aria-hidden="true">✗</span> 1 of 4</span>' in shown
    assert "<small>exceeded</small>" in shown
    assert '<span class="within"><span aria-hidden="true">✓</span> 7 of 7</span>' in shown


def test_results_come_before_the_legend() -> None:
    shown = html([power_cut()])
    assert shown.index('href="#reading"') < shown.index("Figures with a limit")
    assert shown.index("Back to the overview") < shown.index('id="reading"')


def test_the_top_says_whether_figures_are_within_their_limits() -> None:
    assert "All 7 figures with a limit are within theirs." in html([power_cut()])
    one = replace(power_cut(), figures=(Figure("a", "", 1, "s", limit=2),))
    assert "The only figure with a limit is within it." in html([one])
    assert "No figure has a limit." in html([replace(power_cut(), figures=())])


def test_every_link_leads_to_a_place_on_the_page(shown: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= set(ids)


def test_every_drawing_is_described_in_words(shown: str) -> None:
    found = drawings(shown)
    assert len(found) == 2 * (2 + 3 + 1)  # narrow and wide, the whole and its details
    for drawing in found:
        title, description = drawing[0], drawing[1]
        assert drawing.get("role") == "img"
        assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert description.text
    assert "new connection: 8 of 3600 requests failed, longest gap 0.41 s." in shown


def test_headings_of_tables_say_what_they_head(shown: str) -> None:
    assert re.findall(r"<th(?! scope=\"(?:col|row)\")[ >]", shown) == []


def test_facts_that_recordings_do_not_share_stand_with_each() -> None:
    text = html([power_cut(), replace(stability(), profile="standard")])
    head, first, second = re.split(r'<section class="fault"', text)
    assert "profile" not in head
    assert "Kubernetes" in head
    assert "profile fast" in first
    assert "profile standard" in second


def test_nothing_in_a_recording_becomes_markup() -> None:
    text = html([hostile()])
    for mark in ("<script>", "<img", "<b>VIP", "<i>s"):
        assert mark not in text
    assert text.count("</table>") == 4
    assert text.count("</style>") == 1


def test_a_recording_in_which_little_was_seen_has_a_page() -> None:
    bare = replace(power_cut(), clients={}, bands=(), moments=(), figures=(), environment={})
    assert len(drawings(html([bare]))) == 2
    lone = replace(
        bare,
        clients={
            NEW_CONNECTION: (Client("host", (Sample(0, 0.1, "timeout"),)),),
            PERSISTENT_CONNECTION: (Client("host", ()),),
        },
    )
    assert "1 of 1 failed" in html([lone])


def everything_fails(failure: Callable[[Random], tuple[float, str | None]]) -> Recording:
    """Return two minutes of five kinds of clients, 50 requests a second, with the results of
    failure."""
    random = Random(7)  # noqa: S311 - any will do
    starts = [tick / 50 for tick in range(-100, 6000)]
    clients = {}
    for kind in MEANINGS:
        ended = [(at, *failure(random)) for at in starts]
        samples = tuple(Sample(at, at + took, failed) for at, took, failed in ended)
        clients[kind] = (Client("host", samples),)
    return replace(power_cut(), clients=clients, ended=120.0)


def test_a_page_stays_small() -> None:
    assert len(html([power_cut()])) < 150 * KILOBYTES
    outage = everything_fails(lambda random: random.choice([(2.0, "timeout"), (0.001, "refused")]))
    assert len(html([outage])) < 300 * KILOBYTES


def test_a_page_of_nothing_but_noise_can_still_be_loaded() -> None:
    noise = everything_fails(
        lambda random: (10 ** random.uniform(-3, 1), random.choice([None, "reset"]))
    )
    assert len(html([noise])) < 700 * KILOBYTES


def test_figures_with_a_limit_are_in_a_table_and_the_others_below_it() -> None:
    figures = (
        Figure("gap", "", 0.4, "s", 0.33, 0.6),
        Figure("writes acknowledged", "", 1376, "writes"),
    )
    text = html([replace(power_cut(), figures=figures)])
    table, _, below = text[text.index('class="figures"') :].partition("</table>")
    for shown in ("0.40 s", "0.33 s", "0.60 s", "within"):
        assert shown in table
    assert "<dt>writes acknowledged</dt><dd>1,376 writes</dd>" in below


def test_what_clients_saw_is_a_table_with_a_column_for_each_kind() -> None:
    figures = (
        Figure("in flight and failed", NEW_CONNECTION, 1, "requests"),
        Figure("slowest answer", NEW_CONNECTION, 4.2, "s", 1.3, 3.3),
        Figure("slowest answer", PERSISTENT_CONNECTION, 0.71, "s"),
    )
    text = html([replace(power_cut(), figures=figures)])
    table = text[text.index("What clients saw") :].partition("</table>")[0]
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in table.split("<tr>")[1:]]
    assert rows == [
        ["Figure", NEW_CONNECTION, PERSISTENT_CONNECTION],
        ["in flight and failed", "1", "-"],
        ["slowest answer", "4.20 s &gt; 3.3", "0.71 s"],
    ]
