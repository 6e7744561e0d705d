"""etcd, queried by etcdctl on a control plane with the certificate of kubeadm's health check."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.machine.ssh import Ssh
from labgen.system import proxy
from labgen.system.parallel import gather
from labgen.system.process import Completed

ETCD_PKI = "/etc/kubernetes/pki/etcd"
ETCDCTL = (
    *proxy.WITHOUT,
    "etcdctl",
    f"--cacert={ETCD_PKI}/ca.crt",
    f"--cert={ETCD_PKI}/healthcheck-client.crt",
    f"--key={ETCD_PKI}/healthcheck-client.key",
    "--endpoints=https://127.0.0.1:2379",
)
COMMAND_TIMEOUT = 2  # seconds until etcdctl gives up, multiplied by the lab's slowdown
TIMEOUT = 15.0  # seconds for etcdctl and SSH together, multiplied by the lab's slowdown
PEER_PORT = 2380


@dataclass(frozen=True)
class EtcdMember:
    """A member of etcd."""

    name: str  # "unstarted" for a member that has never started
    healthy: bool  # it answered, knows a leader and reports no error
    leader: bool
    learner: bool  # it has no vote yet
    message: str = ""  # the error it reports, such as NOSPACE
    address: str = ""  # where its peers reach it


def etcdctl(lab: Lab) -> list[str]:
    """Return the beginning of an etcdctl command on a control plane; the subcommand follows."""
    return [*ETCDCTL, f"--command-timeout={COMMAND_TIMEOUT * lab.slowdown}s"]


def members(ssh: Ssh, lab: Lab, machine: Machine) -> list[EtcdMember]:
    """Return all members as one control plane sees them.

    Raises CommandFailed, CommandTimedOut or ValueError.
    """
    listed = partial(_run, ssh, lab, machine, "member", "list", "-w", "json")
    # a member that does not answer makes the exit code 1; the others are printed all the same
    words = ("endpoint", "status", "--cluster", "-w", "json")
    status = partial(_run, ssh, lab, machine, *words, check=False)
    answers = gather({"members": listed, "status": status})
    return parse(answers["members"].stdout, answers["status"].stdout)


def parse(member_list: str, endpoint_status: str) -> list[EtcdMember]:
    """Join etcdctl's `member list` and `endpoint status --cluster`, both as JSON."""
    entries: Sequence[Mapping[str, Any]] = json.loads(endpoint_status or "[]") or []
    statuses = {entry["Status"]["header"]["member_id"]: entry["Status"] for entry in entries}
    return [
        _member(member, statuses.get(member["ID"])) for member in json.loads(member_list)["members"]
    ]


def remove_member(ssh: Ssh, lab: Lab, machine: Machine, via: Machine) -> None:
    """Have the control plane `via` remove the member of a machine, if there is one.

    The member is found by its address, because one that never started has no name.
    Raises CommandFailed or CommandTimedOut.
    """
    peer = _peer(machine)
    listed = _run(ssh, lab, via, "member", "list", "-w", "json")
    for member in json.loads(listed.stdout)["members"]:
        if peer in member["peerURLs"]:
            _run(ssh, lab, via, "member", "remove", f"{member['ID']:x}")


def add_learner(ssh: Ssh, lab: Lab, machine: Machine, via: Machine) -> bool:
    """Have the control plane `via` add the member of a machine, without a vote; return whether it
    was missing. A member that has run before is replaced: the machine has lost its data.

    Raises CommandFailed or CommandTimedOut.
    """
    peer = _peer(machine)
    listed = _run(ssh, lab, via, "member", "list", "-w", "json")
    for member in json.loads(listed.stdout)["members"]:
        if peer in member["peerURLs"]:
            if member.get("isLearner") and not member.get("name"):
                return False
            _run(ssh, lab, via, "member", "remove", f"{member['ID']:x}")
    _run(ssh, lab, via, "member", "add", machine.name, "--learner", f"--peer-urls={peer}")
    return True


def _peer(machine: Machine) -> str:
    """Return the URL at which the other members reach that of the machine."""
    return f"https://{machine.address}:{PEER_PORT}"


def move_leader(ssh: Ssh, lab: Lab, to: str, via: Machine) -> None:
    """Have the member of that name lead etcd; via is the present leader, because only it can hand
    over.

    Raises CommandFailed, CommandTimedOut, or LabgenError when there is no such member.
    """
    listed = _run(ssh, lab, via, "member", "list", "-w", "json")
    ids = {member.get("name"): member["ID"] for member in json.loads(listed.stdout)["members"]}
    if to not in ids:
        raise LabgenError(f"etcd has no member {to}")
    _run(ssh, lab, via, "move-leader", f"{ids[to]:x}")


def _run(ssh: Ssh, lab: Lab, machine: Machine, *words: str, check: bool = True) -> Completed:
    limit = TIMEOUT * lab.slowdown
    return ssh.run(machine.name, [*etcdctl(lab), *words], timeout=limit, check=check)


def _member(member: Mapping[str, Any], status: Mapping[str, Any] | None) -> EtcdMember:
    urls = member.get("peerURLs") or [""]
    errors = list(status.get("errors") or []) if status else []
    leader = status.get("leader", 0) if status else 0
    if status and not leader and not errors:
        errors = ["it knows no leader"]
    return EtcdMember(
        name=member.get("name") or "unstarted",
        healthy=status is not None and not errors,
        leader=leader == member["ID"],
        learner=bool(member.get("isLearner")),
        message="; ".join(error.strip() for error in errors),
        address=urlsplit(urls[0]).hostname or "",
    )
