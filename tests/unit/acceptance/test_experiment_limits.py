"""Limits that an experiment can exceed: what a client never waits for, no limit can be about."""

import pytest

from acceptance.framework.experiment import limits
from acceptance.framework.experiment.probes import new_connection
from labgen.recordings.metrics import NEW_CONNECTION
from tests.unit.lab.samples import lab


def test_slowest_answer_has_the_limit_of_the_profile() -> None:
    assert limits.holder_silent(lab("ha-3x3")).slowest[NEW_CONNECTION].limit == pytest.approx(3.3)


@pytest.mark.parametrize("profile", ["standard", "emulated"])
def test_slowest_answer_has_no_limit_that_no_client_waits_for(profile: str) -> None:
    slow = lab("ha-3x3", f"loadBalancer.profile={profile}")
    assert limits.holder_silent(slow).slowest == {}


def test_a_busy_lab_may_not_keep_clients_waiting_until_they_give_up() -> None:
    assert limits.busy().slowest[NEW_CONNECTION].limit < new_connection.TIMEOUT
