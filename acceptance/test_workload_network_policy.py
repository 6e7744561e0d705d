"""A NetworkPolicy is enforced, or it is reported that this cluster does not enforce it.

The API accepts every policy without a warning, even if no plugin enforces it: the cluster looks
closed but is open. So the result is always reported.
"""

from collections.abc import Callable

import pytest

from acceptance.framework.clients.api import Api
from acceptance.framework.clients.machines import On
from acceptance.framework.workloads import manifests, rollout
from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.system.wait import NotYet, until

pytestmark = pytest.mark.full

WITHOUT_POLICIES = {"flannel"}  # CNI plugins that do not claim to know policies
SETTLED = 10.0  # seconds until a new pod answers, or a CNI plugin enforces a new policy
NOBODY_MAY_ASK = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "nobody-may-ask"},
    "spec": {"podSelector": {"matchLabels": {"app": "asked"}}, "policyTypes": ["Ingress"]},
}


def test_network_policy_is_enforced_or_known_not_to_be(
    lab: Lab, api: Api, on: On, own_namespace: str, record_property: Callable[[str, object], None]
) -> None:
    image = manifests.web_image(lab)
    found = {}
    for name in ("asking", "asked"):
        rollout.apply(api, own_namespace, manifests.deployment(image, name=name))
        [found[name]] = rollout.await_rolled(api, own_namespace, name)
    node = found["asking"]["spec"]["nodeName"]
    asking, asked = (found[name]["status"]["podIP"] for name in ("asking", "asked"))

    def reached() -> bool:
        """Return whether one pod gets an answer from the other; the request starts on its own
        machine."""
        url = f"http://{asking}:{manifests.PORT}/dial?host={asked}&port={manifests.PORT}"
        url += "&protocol=http&request=hostname"
        answer = on(node).run("curl -sS --noproxy '*' --max-time 6 %s", url)
        return found["asked"]["metadata"]["name"] in answer.stdout

    def open_() -> None:
        if not reached():
            raise NotYet("no answer")

    def closed() -> None:
        if reached():
            raise NotYet("an answer")

    until(open_, what="an answer without a policy", timeout=SETTLED)
    rollout.apply(api, own_namespace, NOBODY_MAY_ASK)
    cni = lab.scenario.kubernetes.cni.name
    try:
        until(closed, what="the policy being enforced", timeout=SETTLED)
    except LabgenError:
        record_property("NetworkPolicy", f"not enforced: {cni} does not know it")
        assert cni in WITHOUT_POLICIES, f"{cni} claims to enforce policies, and traffic flows"
    else:
        record_property("NetworkPolicy", "enforced")
