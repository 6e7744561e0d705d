"""Generated reference pages say what the code does now."""

import pytest

from tools.reference.pages import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str) -> None:
    expected = PAGES[name]()
    assert (DOCS / name).read_text() == expected, "write it anew: python -m tools.reference"
