"""Query etcd by HTTP from a machine of the cluster, with curl and a client's certificate there.

The suite does not use labgen.cluster.etcd, for two reasons. Smoke tests also inspect clusters that
labgen did not build, which have no etcdctl and may have etcd elsewhere. And an error in labgen's
code must not hide a defect from the suite. The keys stay on the machine.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from acceptance.framework import missing_tools
from acceptance.framework.cluster import Etcd

HERE = "https://127.0.0.1:2379"
# etcd's own way to its gRPC calls, https://etcd.io/docs/latest/dev-guide/api_grpc_gateway/
MEMBERS = "/v3/cluster/member/list"
CURL = "curl -sS --noproxy '*' --max-time 5 --cacert %s --cert %s --key %s"


@dataclass(frozen=True)
class Member:
    """A member; addresses are the hosts in its client URLs, empty before it has started."""

    name: str
    addresses: frozenset[str]
    votes: bool


def members(host: Any, etcd: Etcd) -> list[Member]:
    """Return etcd's members, as the machine's own member or the first endpoint reports them."""
    place = HERE if etcd.stacked else etcd.endpoints[0]
    answer = host.run(f"{CURL} --data %s %s", *_login(etcd), "{}", place + MEMBERS)
    missing_tools.ensure_curl(answer)
    assert answer.rc == 0, answer.stderr
    return [_member(told) for told in json.loads(answer.stdout)["members"]]


def health(host: Any, etcd: Etcd) -> dict[str, str]:
    """Return "healthy" for each endpoint, or what is wrong with the endpoint."""
    return {url: _health(host, etcd, url) for url in etcd.endpoints}


def _health(host: Any, etcd: Etcd, url: str) -> str:
    answer = host.run(f"{CURL} %s", *_login(etcd), f"{url}/health")
    missing_tools.ensure_curl(answer)
    if answer.rc != 0:
        return str(answer.stderr.strip())
    try:
        told = json.loads(answer.stdout)
    except ValueError:
        return str(answer.stdout)
    return "healthy" if told.get("health") == "true" else str(told.get("reason") or told)


def _member(told: dict[str, Any]) -> Member:
    urls: Sequence[str] = told.get("clientURLs", [])
    found = frozenset(urlsplit(url).hostname or "" for url in urls)
    return Member(told.get("name", ""), found, not told.get("isLearner"))


def _login(etcd: Etcd) -> tuple[str, str, str]:
    return etcd.authority, etcd.certificate, etcd.key
