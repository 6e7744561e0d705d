"""tools/test.sh with a tox that records its calls, and fails where a test wants it to."""

import shutil
from pathlib import Path

import pytest

from labgen.system.process import Completed, run

ROOT = Path(__file__).parents[3]
CHECKS = "lint,types,unit,shell,docs"
QUICK = {CHECKS, "e2e-bare", "e2e-ha"}
REST = {
    f"e2e-{part}"
    for part in (
        *("emulated", "others", "faults", "existing", "scenarios", "exercises"),
        "experiments",
    )
}
TOX = """\
#!/bin/sh
echo "$3" >>calls
echo "output of $3: $*"
case " $FAILING " in *" $3 "*) exit 1 ;; esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout of test.sh and a tox in its place."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/test.sh", tmp_path / "tools")
    tox = tmp_path / ".venv/bin/tox"
    tox.parent.mkdir(parents=True)
    tox.write_text(TOX)
    tox.chmod(0o755)
    return tmp_path


def test_quick_runs_its_parts_alone_and_names_what_it_left_out(checkout: Path) -> None:
    done = call(checkout, "quick")
    assert done.ok
    assert called(checkout) == QUICK
    assert done.stdout.splitlines()[-1].startswith("left out: ")


def test_rest_runs_all_other_parts_and_keeps_the_reports_of_quick(checkout: Path) -> None:
    results = checkout / "results"
    results.mkdir()
    (results / "unit.xml").touch()
    (results / "e2e-faults.xml").touch()
    assert call(checkout, "rest").ok
    assert called(checkout) == REST
    assert (results / "unit.xml").exists()
    assert not (results / "e2e-faults.xml").exists()


def test_failure_in_the_first_half_does_not_hide_the_second(checkout: Path) -> None:
    done = call(checkout, "all", failing=CHECKS)
    assert done.exit_code == 1
    assert called(checkout) == QUICK | REST
    table = {
        line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if line[-3:-2] == ":"
    }
    assert table["checks"] == "failed"
    assert {table[part.removeprefix("e2e-")] for part in REST} == {"passed"}


def test_every_part_prints_all_of_its_output(checkout: Path) -> None:
    said = call(checkout, "all").stdout
    assert [part for part in QUICK | REST if f"output of {part}:" not in said] == []


def test_an_unknown_half_is_a_usage_error(checkout: Path) -> None:
    assert call(checkout, "labs").exit_code == 2


def call(checkout: Path, half: str, failing: str = "") -> Completed:
    words: list[str | Path] = [checkout / "tools/test.sh", half]
    return run(words, timeout=60, check=False, cwd=checkout, env={"FAILING": failing})


def called(checkout: Path) -> set[str]:
    return set((checkout / "calls").read_text().split())
