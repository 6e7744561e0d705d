"""The acceptance suite bites: what it promises to notice makes it fail, and only until undone.

Runs on the lab that LABGEN_TEST_LAB names, in that lab's network namespace. Each sabotage alone is
`tox run -e teeth`; all of a group at once is what `make test` has the time for.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from acceptance.support import machines, whole
from labgen.lab import store
from labgen.lab.lab import Lab
from tests.labs.teeth import certificates, suite, virtual_ip
from tests.labs.teeth.catalogue import MEASURED, SABOTAGES, TOGETHER
from tests.labs.teeth.hands import hands
from tests.labs.teeth.sabotage import Doing, Sabotage


@pytest.fixture(scope="module")
def lab() -> Lab:
    name = os.environ.get("LABGEN_TEST_LAB")
    if not name:
        pytest.skip("LABGEN_TEST_LAB names no running lab")
    return store.load(name)


@pytest.mark.parametrize("group", TOGETHER)
def test_sabotages_of_a_group_make_exactly_their_tests_fail(lab: Lab, group: str) -> None:
    _bites(lab, [SABOTAGES[name] for name in TOGETHER[group]])


@pytest.mark.slow
@pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=lambda it: it.name)
def test_sabotage_makes_exactly_its_tests_fail(lab: Lab, sabotage: Sabotage) -> None:
    _bites(lab, [sabotage])


@pytest.mark.parametrize(
    ("doing", "seen"),
    [
        (virtual_ip.nobody_has_it, "the VIP is held by no machine"),
        (certificates.all_without_vip, "certificate is not valid for"),
    ],
    ids=["no VIP", "no certificate"],
)
def test_suite_ends_with_one_clear_error_when_there_is_no_api_behind_the_vip(
    lab: Lab, doing: Doing, seen: str
) -> None:
    with doing(hands(lab)):
        found = suite.outcome(lab, ["acceptance/test_virtual_ip.py"])
    assert found.exit_code == pytest.ExitCode.TESTS_FAILED, found.said
    assert f"the API of lab {lab.name} does not answer at https://{lab.endpoint}" in found.said
    assert seen in found.said
    assert found.failed == set()
    suite.passes_again(lab, ["test_virtual_ip.py"])


def _bites(lab: Lab, sabotages: Sequence[Sabotage]) -> None:
    """Have all of this done at once, and the suite notice it; then the lab is well again."""
    expected = {test for sabotage in sabotages for test in sabotage.breaks}
    words = tuple(dict.fromkeys(word for sabotage in sabotages for word in sabotage.run))
    with ExitStack() as stack:
        for sabotage in sabotages:
            stack.enter_context(sabotage.doing(hands(lab)))
        found = suite.outcome(lab, words)
    assert found.failed == expected, found.said
    assert found.exit_code == pytest.ExitCode.TESTS_FAILED
    if any(sabotage.name in MEASURED for sabotage in sabotages):
        api, on = hands(lab).api, machines.on(lab)
        whole.await_whole(lab, api, on, what="the lab healing", timeout=whole.HEAL_TIMEOUT)
    else:
        suite.passes_again(lab, expected)
