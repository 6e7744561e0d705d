"""Valid names of labs."""

import pytest

from labgen.errors import UsageError
from labgen.lab.names import ensure_lab_name


@pytest.mark.parametrize("name", ["a", "ha-3x3", "0", "x" * 40])
def test_dns_labels_are_good(name: str) -> None:
    assert ensure_lab_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a.b", "a/b", "..", "a b", "ä", "x" * 41])
def test_all_else_is_a_wrong_call_that_tells_what_is_good(name: str) -> None:
    with pytest.raises(UsageError) as wrong:
        ensure_lab_name(name)
    assert str(wrong.value).splitlines() == [
        f"{name!r} cannot name a lab",
        "  use at most 40 of a-z, 0-9 and -, with no - at either end",
    ]
