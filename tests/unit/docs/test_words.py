"""The field's terms are used, and the words that they replaced are gone: in code, help and docs."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# An old word, as a pattern, and the term that stands in its place.
TERMS: Mapping[str, str] = {
    r"machine-containers?": "system container",
    r"(?:a|no) wrong call|WrongCall": "usage error",
    r"mistakes?": "error",
    r"leftovers?(?!\": \"gc|\", \"gc)": "orphaned resources, `labgen gc`",
    r"nobody's|somebody's|someone's own": "unowned; existing machines",
    r"machines of yours": "existing machines",
    r"strays?": "orphans",
    r"looks only(?! for)|looking[ _]only|is looked at": "read-only, is inspected",
    r"(?:lab|cluster|all) is whole|is healed again|all is healed|goes home": (
        "healthy, steady state restored, fails back"
    ),
    r"budgets?": "limit",
    r"aims?": "expected",
    r"not[ _]held": "failed on A in 2 of 3 runs",
    r"did something": "changed",
    r"half-made": "partial; resumes",
    r"take-off|take_off|taken? off the machines": "uninstall",
    r"sabotages?|sabotaged|saboteur|teeth": "mutation, mutation tests",
    r"fresh probes?|kept probes?|kept connections?|fresh connections?": (
        "new connection, persistent connection"
    ),
    r"whose directories are gone": "whose directory no longer exists",
    r"but for": "except",
    r"blueprints?": "rendered definition",
    r"adaptations?": "machine profile",
    r"surroundings?": "host environment",
    r"workshop\.\w+|workbench(?:es)?": "build context, scratch directory",
    r"companions": "addons",
    r"on_machine|OnMachine": "a driver with a term of its own",
    r"outlines?": "dry run",
    r"side_by_side|SideBySide": "compare",
    r"clear_machines|take_down|takes? down a lab": "deprovision, teardown",
    r"conversation|chores?|storm": "connectivity, kubectl_ops, load",
}
LEFT_OUT = {
    "tests/unit/docs/test_words.py",
    "CHANGELOG.md",  # says what was renamed
    "LICENSE",
}
KINDS = {"", ".css", ".html", ".j2", ".js", ".md", ".py", ".sh", ".bats", ".bash", ".toml", ".ini"}


def texts() -> Mapping[str, str]:
    """Return all files of the checkout that people read, by path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    read = (name for name in listed if name not in LEFT_OUT and Path(name).suffix in KINDS)
    return {name: (ROOT / name).read_text() for name in read if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    return [
        (f"{name}:{number}", line)
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
    ]


@pytest.mark.parametrize("word", TERMS)
def test_an_old_word_is_replaced_by_the_fields_term(
    word: str, lines: list[tuple[str, str]]
) -> None:
    pattern = re.compile(rf"(?<![\w-])(?:{word})(?![\w-])", re.IGNORECASE)
    found = [f"{place}: {line.strip()}" for place, line in lines if pattern.search(line)]
    assert not found, f"write {TERMS[word]} instead:\n" + "\n".join(found)
