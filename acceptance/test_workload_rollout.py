"""A Deployment rolls to its next edition, and its users notice nothing."""

from collections.abc import Callable

import pytest

from acceptance.framework.clients import web
from acceptance.framework.clients.api import Api
from acceptance.framework.clients.kube_proxy import NEW_SERVICE
from acceptance.framework.workloads import manifests, rollout
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.system.wait import NotYet, until

pytestmark = pytest.mark.full

REPLICAS = 3


def test_no_request_fails_while_a_deployment_rolls(
    lab: Lab, api: Api, own_namespace: str, record_property: Callable[[str, object], None]
) -> None:
    """Query the node port of one machine, from outside the lab."""

    def edition(number: str) -> dict[str, object]:
        image = manifests.web_image(lab)
        return manifests.deployment(image, replicas=REPLICAS, edition=number)

    made = rollout.apply(api, own_namespace, manifests.service("web", type="NodePort"))
    port = made["spec"]["ports"][0]["nodePort"]
    address = access.local_endpoint(lab, lab.machines[-1].address, port)
    rollout.apply(api, own_namespace, edition("1"))
    old = {pod["metadata"]["name"] for pod in rollout.await_rolled(api, own_namespace, "web")}
    until(lambda: _answers(address, port), what="an answer at the node port", timeout=NEW_SERVICE)

    with web.asking(address, port) as heard:
        until(lambda: _heard(heard, old), what="an answer of the old edition", timeout=NEW_SERVICE)
        rollout.apply(api, own_namespace, edition("2"))
        rolled = rollout.await_rolled(api, own_namespace, "web")
        new = {pod["metadata"]["name"] for pod in rolled}
        until(lambda: _heard(heard, new), what="an answer of the new edition", timeout=NEW_SERVICE)

    total = len(heard.pods) + len(heard.failures)
    record_property(
        "failed requests while a Deployment rolled", f"{len(heard.failures)} of {total}"
    )
    assert not old & new, "the Deployment did not roll"
    assert heard.failures == []


def _answers(address: str, port: int) -> None:
    try:
        web.get(address, port)
    except web.FAILURES as error:
        raise NotYet(str(error)) from error


def _heard(heard: web.Heard, pods: set[str]) -> None:
    if not pods & set(heard.pods):
        raise NotYet(f"{len(heard.pods)} answers of others")
