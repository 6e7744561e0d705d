"""The catalog of mutations is complete: docs/reference/mutations.md has every test."""

import ast
from collections import Counter
from pathlib import Path

import acceptance
from tests.e2e.mutation.catalog import GROUPS, MUTATIONS

SUITE = Path(acceptance.__file__).parent


def of_the_suite() -> set[str]:
    """Return all tests of the suite, as FILE::FUNCTION."""
    return {
        f"{path.name}::{node.name}"
        for path in SUITE.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def broken() -> set[str]:
    return {test for mutation in MUTATIONS.values() for test in mutation.breaks}


def test_every_test_has_a_mutation() -> None:
    assert of_the_suite() - broken() == set()


def test_every_mutation_breaks_tests_that_exist() -> None:
    assert broken() - of_the_suite() == set()


def test_what_breaks_several_tests_says_why() -> None:
    assert [it.name for it in MUTATIONS.values() if (len(it.breaks) > 1) != bool(it.tied)] == []


def test_groups_hold_each_mutation_once() -> None:
    together = Counter(name for names in GROUPS.values() for name in names)
    assert set(together) <= set(MUTATIONS)
    assert max(together.values()) == 1
