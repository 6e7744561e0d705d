"""Generated files are up to date."""

import pytest

from tools.reference.pages import PAGES, ROOT


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str) -> None:
    expected = PAGES[name]()
    assert (ROOT / name).read_text() == expected, "renew it: .venv/bin/python -m tools.reference"
