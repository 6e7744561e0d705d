"""The secrets of a joining machine: awaited after init, and renewed when they have expired."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from labgen.cluster import api as api_module
from labgen.cluster.api import ApiUnreachable
from labgen.errors import LabgenError
from labgen.lab.lab import Machine
from labgen.providers.container.provider import ContainerProvider
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps import join
from tests.unit.lab.samples import made


@dataclass
class Api:
    """cluster-info has a signature from the given query on, and it may expire.

    known: the token has not.
    """

    signed_at: float
    token: str = ""
    known: bool = True
    looks: int = 0

    def get(self, path: str) -> dict[str, Any]:
        if path == f"{join.KNOWN_TOKENS}{self.token}":
            if not self.known:
                raise ApiUnreachable(f"GET {path}: HTTP 404")
            return {}
        assert path == join.CLUSTER_INFO
        self.looks += 1
        signed = self.looks >= self.signed_at
        return {"data": {f"jws-kubeconfig-{self.token}": "x"} if signed else {"kubeconfig": "x"}}


@dataclass
class Machines:
    """Records which phases ran where. A phase makes the API sign immediately, unless it has no
    effect."""

    api: Api
    useful: bool = True
    ran: list[tuple[str, ...]] = field(default_factory=list)

    def run_phases(self, machine: Machine, *phases: str, **_: object) -> Outcome:
        self.ran.append((machine.name, *phases))
        if self.useful:
            self.api.signed_at = 0
        return Outcome.CHANGED


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    found = Api(signed_at=1)
    monkeypatch.setattr(api_module, "connect", lambda _: found)
    monkeypatch.setattr(join, "SIGNATURE_TIMEOUT", 0.5)
    monkeypatch.setattr(join, "SECRETS_TIMEOUT", 0.5)
    return found


@pytest.fixture
def machines(api: Api, monkeypatch: pytest.MonkeyPatch) -> Machines:
    found = Machines(api)
    monkeypatch.setattr(
        Context, "run_phases", lambda _, *words, **more: found.run_phases(*words, **more)
    )
    return found


@pytest.fixture
def context(api: Api) -> Context:
    context = Context(made("ha-3x0"), ContainerProvider())
    api.token = context.secrets.token_id
    return context


def test_a_token_that_is_about_to_be_signed_is_waited_for(
    api: Api, machines: Machines, context: Context
) -> None:
    api.signed_at = 3
    join.ensure_secrets(context)
    assert api.looks == 3
    assert machines.ran == []


def test_a_token_that_the_cluster_knows_is_waited_for_longer(
    api: Api, machines: Machines, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(join, "SECRETS_TIMEOUT", 30)
    monkeypatch.setattr(join, "SIGNATURE_TIMEOUT", 0)
    api.signed_at = 3
    join.ensure_secrets(context)
    assert machines.ran == []


def test_expired_secrets_are_made_anew_on_the_first_master(
    api: Api, machines: Machines, context: Context
) -> None:
    api.signed_at, api.known = float("inf"), False
    join.ensure_secrets(context)
    assert machines.ran == [("master1", "join-secrets")]


def test_a_token_that_nobody_signs_is_told_with_what_was_seen(
    api: Api, machines: Machines, context: Context
) -> None:
    api.signed_at, machines.useful = float("inf"), False
    with pytest.raises(LabgenError, match=r"the join token being signed did not happen") as failed:
        join.ensure_secrets(context)
    assert failed.value.last_seen == "cluster-info has signatures ['kubeconfig']"
