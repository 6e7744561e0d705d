"""The figures at the end of a run."""

from acceptance.support.summary import lines

FIGURES: dict[str, object] = {
    "cut: longest gap, fresh": "0.27 s (aim 0.608, budget 3)",
    "cut: longest gap, kept": "0.57 s",
    "cut: until all is healed": "23.29 s (budget 75)",
    "gap": "0.5 s",
    "reboot: longest gap, fresh": "0.10 s",
}


def test_figures_of_a_fault_stand_together() -> None:
    assert list(lines(FIGURES)) == [
        "cut",
        "  longest gap          fresh 0.27 s, kept 0.57 s",
        "  until all is healed  23.29 s (budget 75)",
        "gap                  0.5 s",
        "reboot",
        "  longest gap          fresh 0.10 s",
    ]


def test_no_figures_are_no_lines() -> None:
    assert list(lines({})) == []
