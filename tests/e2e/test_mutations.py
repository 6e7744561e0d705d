"""Mutation tests: each mutation makes the tests fail that must detect it, until it is undone.

They run on the lab that LABGEN_TEST_LAB names, in that lab's network namespace. `tox run -e
mutations` applies each mutation alone; `make test` and `make test-all` apply them in groups.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from acceptance.framework.experiment import steady_state
from labgen.lab import store
from labgen.lab.lab import Lab
from tests.e2e.mutation import certificates, suite, virtual_ip
from tests.e2e.mutation.catalog import GROUPS, MEASURED, MUTATIONS
from tests.e2e.mutation.cluster_editor import editor
from tests.e2e.mutation.mutation import Doing, Mutation
from tests.e2e.support.inventory import inventory

FROM_OUTSIDE = "kubeconfigs and nodes"
# a promise about a file of labgen's, which another cluster does not have
LABGENS_OWN = {"test_certificates.py::test_users_kubeconfig_points_at_the_vip"}


@pytest.fixture(scope="module")
def lab() -> Lab:
    name = os.environ.get("LABGEN_TEST_LAB")
    if not name:
        pytest.skip("LABGEN_TEST_LAB names no running lab")
    return store.load(name)


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
    with doing(editor(lab)):
        found = suite.outcome(lab, ["acceptance/test_virtual_ip.py"])
    assert found.exit_code == pytest.ExitCode.TESTS_FAILED, found.said
    assert f"the API of lab {lab.name} does not answer at https://{lab.endpoint}" in found.said
    assert seen in found.said
    assert found.failed == set()
    suite.passes_again(lab, ["test_virtual_ip.py"])


@pytest.mark.parametrize(
    "group",
    [pytest.param(it, marks=pytest.mark.quick if it == "a handful" else ()) for it in GROUPS],
)
def test_mutations_of_a_group_make_exactly_their_tests_fail(
    lab: Lab, group: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Run one group by an inventory, too, as for a cluster that labgen did not build."""
    if not MEASURED.isdisjoint(GROUPS[group]):
        request.getfixturevalue("alone")
    outside = inventory(lab, tmp_path) if group == FROM_OUTSIDE else None
    _fail_exactly_their_tests(lab, [MUTATIONS[name] for name in GROUPS[group]], outside)


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=lambda it: it.name)
def test_mutation_makes_exactly_its_tests_fail(lab: Lab, mutation: Mutation) -> None:
    _fail_exactly_their_tests(lab, [mutation])


def _fail_exactly_their_tests(
    lab: Lab, mutations: Sequence[Mutation], outside: Path | None = None
) -> None:
    """Apply all of these together: exactly their tests fail, and pass once everything is undone.

    outside is an inventory with which the suite must detect them, too.
    """
    expected = {test for mutation in mutations for test in mutation.breaks}
    words = tuple(dict.fromkeys(word for mutation in mutations for word in mutation.run))
    with ExitStack() as stack:
        for mutation in mutations:
            stack.enter_context(mutation.doing(editor(lab)))
        found = suite.outcome(lab, words)
        seen = suite.outcome_from_outside(outside, words) if outside else None
        # here, for a suite that did not get so far keeps some mutations from their moment
        assert seen is None or seen.failed == expected - LABGENS_OWN, seen.said
        assert found.failed == expected, found.said
    assert found.exit_code == pytest.ExitCode.TESTS_FAILED
    if any(mutation.name in MEASURED for mutation in mutations):
        steady_state.await_steady_state(
            lab, what="the lab healing", timeout=steady_state.HEAL_TIMEOUT
        )
    else:
        suite.passes_again(lab, expected)
