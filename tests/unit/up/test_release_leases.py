"""After a power cut, the leases of leaders that are gone are released."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from labgen.cluster import api, leases
from labgen.cluster.api import ApiUnreachable, KubeApi
from labgen.cluster.health import Health
from labgen.cluster.machine_view import MachineView
from labgen.providers.container.provider import ContainerProvider
from labgen.system.wait import NotYet
from labgen.up import release_leases as module
from labgen.up.context import Context
from tests.unit.lab.samples import lab

NOWHERE = Path("/nowhere")


@dataclass(frozen=True)
class Api(KubeApi):
    """Has a lease of a machine that booted since, and one of a machine that did not."""

    answers: bool = True
    deleted: list[tuple[str, str]] = field(default_factory=list)

    def get(self, path: str) -> dict[str, Any]:
        if not self.answers:
            raise ApiUnreachable("nothing listens there")
        spec = {"renewTime": "1970-01-01T00:01:40Z"}
        holders = zip(leases.NAMES, ("master1", "master2"), strict=True)
        return {
            "items": [
                {
                    "metadata": {"name": name, "resourceVersion": "7"},
                    "spec": {**spec, "holderIdentity": f"{machine}_a0"},
                }
                for name, machine in holders
            ]
        }

    def delete(self, path: str, version: str) -> None:
        self.deleted.append((path.rpartition("/")[2], version))


def _api(monkeypatch: pytest.MonkeyPatch, *, answers: bool = True) -> Api:
    found = Api("127.0.0.1", 1, "127.0.0.1", NOWHERE, NOWHERE, NOWHERE, answers=answers)
    monkeypatch.setattr(api, "connect", lambda _: found)
    views = {"master1": MachineView(False, booted=101.0), "master2": MachineView(True, booted=9.0)}
    monkeypatch.setattr(module, "query_machines", lambda *_: Health(views=views))
    return found


def test_only_leases_of_leaders_that_are_gone_are_released(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _api(monkeypatch)
    assert module.release_leases(Context(lab("ha-3x3"), ContainerProvider())) == []
    assert found.deleted == [("kube-controller-manager", "7")]


def test_leaders_whose_machines_do_not_answer_yet_are_returned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _api(monkeypatch)
    views = {"master2": MachineView(True, booted=101.0)}
    monkeypatch.setattr(module, "query_machines", lambda *_: Health(views=views))
    assert module.release_leases(Context(lab("ha-3x3"), ContainerProvider())) == ["master1"]
    assert found.deleted == [("kube-scheduler", "7")]


def test_the_api_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _api(monkeypatch, answers=False)
    with pytest.raises(NotYet, match="the API does not answer: nothing listens there"):
        module.release_leases(Context(lab("ha-3x3"), ContainerProvider()))
