"""Discover the cluster of an inventory, step by step. Read this page first."""

import shlex
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path

from ruamel.yaml.error import YAMLError

from acceptance.framework.clients import api as api_access
from acceptance.framework.clients import kubeconfig
from acceptance.framework.clients.api import FAILURES, Api, ApiError
from acceptance.framework.clients.kubeconfig import Credentials
from acceptance.framework.cluster import Cluster, Unknown
from acceptance.framework.discovery import classify, logins, objects, routing, vip
from acceptance.framework.discovery.inspect import Inspection
from acceptance.framework.errors import HarnessError
from labgen.errors import LabgenError
from labgen.inventory.model import Inventory
from labgen.machine.login import Unread
from labgen.machine.ssh import Ssh
from labgen.system import files

ADMIN = "/etc/kubernetes/admin.conf"
KUBECONFIG = "kubeconfig"
LOGIN = 15.0  # seconds to read a file
PATIENCE = 5.0  # seconds; a healthy API answers within a tenth of one
STRANGERS = {401, 403}


def discover(inventory: Inventory, directory: Path) -> Cluster:
    """Return what is known of the cluster; directory is for files that this run fetches.

    Raises HarnessError for an error of the inventory, LabgenError when the API does not answer.
    """
    routing.ensure(host.address for _, host in inventory.hosts)
    ssh = logins.ssh_client(inventory, directory)
    reports = logins.read(inventory, ssh)
    _ensure_read(inventory, reports)
    inspections = {label: seen for label, seen in reports.items() if isinstance(seen, Inspection)}
    path = inventory.kubeconfig or _fetch(inventory, ssh, inspections, directory)
    credentials = _credentials(path)
    server = _address(credentials.host)
    routing.ensure([server])
    api = api_access.connect(credentials, timeout=PATIENCE, read_only=True)
    read = _read(api)
    place = classify.endpoint(inventory, read, f"{credentials.host}:{credentials.port}")
    address = inventory.vip or vip.resolved(place.rpartition(":")[0])
    seen = classify.by_node(inventory, read, reports)
    kept = vip.classify(place, address, classify.machines(read), seen, read)
    if inventory.vip:
        kept = vip.named(inventory.vip, kept)
    cluster = classify.classify(inventory, path, read, reports, endpoint=place, kept=kept)
    named = [server, *_named(inventory)]
    asked = _asked(credentials, place, address, named)
    return classify.reached(cluster, _reached(cluster, named), asked)


def _named(inventory: Inventory) -> list[IPv4Address]:
    named = [host.address for _, host in inventory.hosts]
    return [*named, inventory.vip] if inventory.vip else named


def _reached(cluster: Cluster, named: list[IPv4Address]) -> frozenset[str]:
    places = [place.rpartition(":")[0] for place in cluster.places.values()]
    return routing.alike([IPv4Address(it) for it in places if ":" not in it], named)


def _asked(
    credentials: Credentials, place: str, address: IPv4Address | Unknown, named: list[IPv4Address]
) -> str:
    """Return the address at which the suite queries the API.

    This is the endpoint, which has to answer, if this host may query it; otherwise the server in
    the kubeconfig.
    """
    server = f"{credentials.host}:{credentials.port}"
    if place == server or isinstance(address, Unknown) or not routing.alike([address], named):
        return server
    api = api_access.connect(kubeconfig.at(credentials, place), timeout=PATIENCE, read_only=True)
    try:
        api.send("GET", "/readyz")
    except FAILURES as error:
        what = f"the API answers at https://{server}, but not at its endpoint https://{place}"
        raise _unanswered(what, f"https://{place}", error) from error
    return place


def _ensure_read(inventory: Inventory, reports: Mapping[str, Inspection | Unread]) -> None:
    """Raise HarnessError for refused logins, and for an inventory none of whose machines answers.

    If only some machines do not answer, this may be a defect of the cluster.
    """
    unread = {label: it for label, it in reports.items() if isinstance(it, Unread)}
    all_silent = bool(reports) and len(unread) == len(reports) and not inventory.kubeconfig
    reported = {label: it for label, it in unread.items() if all_silent or not it.silent}
    if reported:
        lines = [
            f"  {label}: {it.finding.what}; {it.finding.remedy}" for label, it in reported.items()
        ]
        raise HarnessError("\n".join([f"machines of {inventory.source} cannot be read:", *lines]))


def _fetch(
    inventory: Inventory, ssh: Ssh, inspections: Mapping[str, Inspection], directory: Path
) -> Path:
    """Copy the administrator's kubeconfig of the first machine that has one, for this run."""
    for label, seen in inspections.items():
        if seen.administrator:
            text = ssh.run(label, ["cat", ADMIN], timeout=LOGIN).stdout
            files.write(directory / KUBECONFIG, text, mode=files.PRIVATE)
            return directory / KUBECONFIG
    raise HarnessError(
        f"no machine of {inventory.source} has {ADMIN}\n  name a control plane, or write kubeconfig"
    )


def _credentials(path: Path) -> Credentials:
    try:
        return kubeconfig.credentials(path)
    except OSError as error:
        raise HarnessError(f"cannot read {path}: {error.strerror}") from error
    except KeyError as error:
        raise HarnessError(f"{path} is not a usable kubeconfig: it lacks {error}") from error
    except StopIteration as error:
        what = "its current context, or the cluster or user of that context, is missing"
        raise HarnessError(f"{path} is not a usable kubeconfig: {what}") from error
    except (TypeError, ValueError, YAMLError) as error:
        raise HarnessError(f"{path} is not a usable kubeconfig: {error}") from error


def _address(host: str) -> IPv4Address:
    found = vip.resolved(host)
    if isinstance(found, Unknown):
        raise HarnessError(f"the kubeconfig's server cannot be reached: {found.reason}")
    return found


def _read(api: Api) -> objects.Objects:
    place = f"https://{api.host}:{api.port}"
    try:
        return objects.read(api)
    except ApiError as error:
        if error.status in STRANGERS:
            what = "the kubeconfig's user may not read the cluster"
            raise HarnessError(f"{what}: {error}") from error
        what = f"the API at {place} does not answer well"
        raise LabgenError(what, last_seen=str(error)) from error
    except FAILURES as error:
        raise _unanswered(f"the API at {place} does not answer", place, error) from error


def _unanswered(what: str, url: str, error: Exception) -> LabgenError:
    seen = f"{type(error).__name__}: {error}"
    return LabgenError(what, last_seen=seen, hint=f"by hand: curl -k {shlex.quote(url)}/readyz")
