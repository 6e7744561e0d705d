"""What the cluster says of itself: nodes and pods through the API, the rest from the masters.

Reading and parsing only; what is good enough is decided by who asks.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labgen.cluster.api import KubeApi
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh

HAPROXY_SOCKET = "/run/haproxy-admin.sock"
ETCD_PKI = "/etc/kubernetes/pki/etcd"
ETCDCTL = (
    "etcdctl",
    f"--cacert={ETCD_PKI}/ca.crt",
    f"--cert={ETCD_PKI}/healthcheck-client.crt",
    f"--key={ETCD_PKI}/healthcheck-client.key",
    "--endpoints=https://127.0.0.1:2379",
)
SEPARATOR = "---"
# Seconds for an answer, so many times as long as the lab is slow.
API_TIMEOUT = 3.0
ASK_TIMEOUT = 10.0
ETCD_TIMEOUT = 15.0


@dataclass(frozen=True)
class Node:
    """A Kubernetes node; reason says why it is not ready."""

    name: str
    ready: bool
    reason: str


@dataclass(frozen=True)
class Pod:
    """namespace/name as name; node is empty before it is scheduled."""

    name: str
    node: str
    labels: Mapping[str, str]
    ready: bool
    state: str


@dataclass(frozen=True)
class EtcdMember:
    """healthy: the member answered; a learner has no vote yet."""

    name: str
    healthy: bool
    leader: bool
    learner: bool


@dataclass(frozen=True)
class MasterView:
    """What one master sees: whether it holds the VIP, and each API server as its HAProxy has it."""

    holds_vip: bool
    api_servers: Mapping[str, str]


def api(lab: Lab) -> KubeApi:
    """The lab's API behind the VIP, as its admin."""
    return KubeApi(
        str(lab.local_endpoint(lab.vip)),
        lab.endpoint_port,
        name=str(lab.vip),
        ca=lab.keys / "ca.crt",
        certificate=lab.keys / "admin.crt",
        key=lab.keys / "admin.key",
        timeout=API_TIMEOUT * lab.slowdown,
    )


def nodes(client: KubeApi) -> list[Node]:
    """All nodes; raises ApiUnreachable."""
    return [_node(item) for item in client.get("/api/v1/nodes")["items"]]


def pods(client: KubeApi) -> list[Pod]:
    """All pods of all namespaces but those that have succeeded; raises ApiUnreachable."""
    items = client.get("/api/v1/pods")["items"]
    return [_pod(item) for item in items if item["status"].get("phase") != "Succeeded"]


def master_view(ssh: Ssh, lab: Lab, machine: Machine) -> MasterView:
    """Ask one master over SSH; raises CommandFailed or CommandTimedOut."""
    script = (
        f"ip -o -4 address show to $1; echo {SEPARATOR}; "
        f"echo show stat | socat -t {2 * lab.slowdown} - UNIX-CONNECT:{HAPROXY_SOCKET}"
    )
    words = ["bash", "-c", script, "view", str(lab.vip)]
    said = ssh.run(machine.name, words, timeout=ASK_TIMEOUT * lab.slowdown).stdout
    addresses, _, stats = said.partition(SEPARATOR)
    return MasterView(f" {lab.vip}/" in addresses, api_servers(stats))


def api_servers(stats: str) -> dict[str, str]:
    """The state of each API server in HAProxy's `show stat` (CSV, HAProxy management guide 9.1)."""
    rows = csv.DictReader(io.StringIO(stats.strip().removeprefix("# ")))
    return {
        row["svname"]: row["status"].partition(" ")[0]
        for row in rows
        if row["pxname"] == "api-servers" and row["svname"] != "BACKEND"
    }


def etcd_members(ssh: Ssh, lab: Lab, machine: Machine) -> list[EtcdMember]:
    """The etcd cluster as seen from one master; raises CommandFailed or CommandTimedOut."""
    words = etcdctl(lab)
    limit = ETCD_TIMEOUT * lab.slowdown
    listed = ssh.run(machine.name, [*words, "member", "list", "-w", "json"], timeout=limit)
    status = [*words, "endpoint", "status", "--cluster", "-w", "json"]
    # a member that does not answer makes the exit code 1; the others are printed all the same
    answered = ssh.run(machine.name, status, timeout=limit, check=False)
    return parse_etcd(listed.stdout, answered.stdout)


def etcdctl(lab: Lab) -> list[str]:
    """etcdctl's words on a master before those of a command, which ends after some seconds."""
    return [*ETCDCTL, f"--command-timeout={2 * lab.slowdown}s"]


def parse_etcd(member_list: str, endpoint_status: str) -> list[EtcdMember]:
    """Join etcdctl's `member list` and `endpoint status --cluster`, both as JSON."""
    statuses: Sequence[dict[str, Any]] = json.loads(endpoint_status or "[]") or []
    leaders = {
        entry["Status"]["header"]["member_id"]: entry["Status"]["leader"] for entry in statuses
    }
    return [
        EtcdMember(
            name=member.get("name") or "unstarted",
            healthy=member["ID"] in leaders,
            leader=leaders.get(member["ID"]) == member["ID"],
            learner=bool(member.get("isLearner")),
        )
        for member in json.loads(member_list)["members"]
    ]


def _node(item: dict[str, Any]) -> Node:
    conditions = {c["type"]: c for c in item["status"].get("conditions", [])}
    ready = conditions.get("Ready", {})
    is_ready = ready.get("status") == "True"
    reason = "" if is_ready else (ready.get("message") or ready.get("reason") or "no status yet")
    return Node(item["metadata"]["name"], is_ready, reason)


def _pod(item: dict[str, Any]) -> Pod:
    status = item["status"]
    conditions = {c["type"]: c["status"] for c in status.get("conditions", [])}
    waiting = [
        state["waiting"].get("reason", "waiting")
        for container in status.get("containerStatuses", [])
        if "waiting" in (state := container.get("state", {}))
    ]
    deleted = "deletionTimestamp" in item["metadata"]
    return Pod(
        name=f"{item['metadata']['namespace']}/{item['metadata']['name']}",
        node=item["spec"].get("nodeName", ""),
        labels=item["metadata"].get("labels", {}),
        ready=conditions.get("Ready") == "True" and not deleted,
        state="terminating" if deleted else ", ".join(waiting) or status.get("phase", "unknown"),
    )
