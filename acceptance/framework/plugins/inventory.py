"""A pytest plugin: with --inventory FILE, the suite inspects a cluster that labgen did not build.

The cluster is discovered once, before the first test, and printed at the beginning of the run.
Under xdist, the workers read the result from a directory of the run, which is removed at its end.
"""

import http.client
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from pydantic import TypeAdapter

from acceptance.framework.cluster import Cluster
from acceptance.framework.discovery import discover, logins, summary
from acceptance.framework.errors import HARNESS, HarnessError
from acceptance.framework.preconditions import CLUSTER, LOCAL_ENDPOINT, ON, near_found
from labgen.errors import HostUnfit, LabgenError
from labgen.inventory import load as inventories
from labgen.inventory.model import Inventory
from labgen.system import files

INVENTORY = pytest.StashKey[Inventory]()
DIRECTORY = pytest.StashKey[Path]()
INPUT = "labgen_found"
FOUND = "found.json"
ADAPTER = TypeAdapter(Cluster)


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "verify a cluster that labgen did not build; the inventory says how to reach it"
    parser.getgroup("labgen").addoption("--inventory", metavar="FILE", help=words)


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("inventory")
    if not path or config.option.help or config.option.version or config.option.markers:
        return
    if config.getoption("lab"):
        raise pytest.UsageError("use either --lab, for a lab, or --inventory, for another cluster")
    tier = config.getoption("tier") or "smoke"
    if tier != "smoke":
        raise pytest.UsageError(inventories.ONLY_LOOKS.format(tier=tier))
    try:
        config.stash[INVENTORY] = inventories.load(Path(path))
    except LabgenError as error:
        raise pytest.UsageError(str(error)) from error
    chars = config.option.reportchars
    if not set("asA") & set(chars):  # the reasons of skipped tests are half of the result
        config.option.reportchars = f"{chars}s"
    if hasattr(config, "workerinput"):
        config.stash[DIRECTORY] = Path(config.workerinput[INPUT])
        _settle(config, ADAPTER.validate_json((config.stash[DIRECTORY] / FOUND).read_bytes()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Discover the cluster. End the run with one clear error if that is impossible."""
    config = session.config
    if INVENTORY not in config.stash or CLUSTER in config.stash:
        return
    directory = config.stash[DIRECTORY] = Path(mkdtemp(prefix="labgen-found-"))
    try:
        found = discover.discover(config.stash[INVENTORY], directory)
    except (HarnessError, HostUnfit) as error:
        pytest.exit(str(error), returncode=HARNESS)
    except (LabgenError, OSError, http.client.HTTPException) as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.TESTS_FAILED)
    files.write(directory / FOUND, ADAPTER.dump_json(found), mode=files.PRIVATE)
    _settle(config, found)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the connections and remove the directory, in the controller after all workers."""
    directory = config.stash.get(DIRECTORY, None)
    if directory is None or hasattr(config, "workerinput"):
        return
    inventory = config.stash[INVENTORY]
    if (directory / logins.CONFIG).exists():
        ssh = logins.ssh_client(inventory, directory)
        ssh.close([machine.name for machine in logins.hosts(inventory)])
    shutil.rmtree(directory)


def pytest_report_header(config: pytest.Config) -> list[str]:
    found = config.stash.get(CLUSTER, None)
    return summary.summary(found) if found and INVENTORY in config.stash else []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the directory to an xdist worker before it starts."""
    if DIRECTORY in node.config.stash:
        node.workerinput[INPUT] = str(node.config.stash[DIRECTORY])


def _settle(config: pytest.Config, cluster: Cluster) -> None:
    """Store the data of the fixtures."""
    ssh = logins.ssh_client(config.stash[INVENTORY], config.stash[DIRECTORY])
    config.stash[CLUSTER] = cluster
    config.stash[ON] = logins.on(cluster, ssh)
    config.stash[LOCAL_ENDPOINT] = near_found(cluster)
