"""Checkpoints of labs that were built from scratch. The next lab of the same scenario is made from
one: a warm start.

A checkpoint is kept under a key of everything that went in, so it is never of something else. It
has secrets of the lab that was saved; a lab that is made from it gets its own.
"""

import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

from pydantic import JsonValue, TypeAdapter

import labgen
from labgen.bundle import store as bundles
from labgen.bundle.engine import digests
from labgen.errors import HostUnfit, LabgenError
from labgen.lab.allocation import Template, settle
from labgen.lab.lab import Lab, Origin
from labgen.providers.base import Provider
from labgen.providers.optional import Clones, SavedLab, clones_of
from labgen.scenario.model import Scenario
from labgen.system import data, files, paths
from labgen.system.host import MachineProfile
from labgen.system.locks import locked

ENTRIES = 3  # so many scenarios are in use at a time; the least recently used entry goes first
OLD = ".old"
KEY_LENGTH = 16  # hex digits
SOMEWHERE = IPv4Network("10.89.0.0/24")


@dataclass(frozen=True)
class Entry:
    """A checkpoint in the cache."""

    path: Path
    size: int  # bytes that only this entry uses
    used: datetime  # when a lab was last made from it, or when it was saved
    lab: Lab | None  # that was saved; None if the entry cannot be read
    obsolete: str = ""  # why no lab is made from it any more; empty if labs are

    @property
    def key(self) -> str:
        return self.path.name


def place() -> Path:
    """Return the directory of the entries. It is next to the bundle because hard links do not cross
    file systems."""
    return paths.cache() / "warm"


def key(scenario: Scenario, provider: Provider) -> str:
    """Return the key of what goes into a lab of the scenario: all but its name and its subnet.

    Raises LabgenError if its bundle is not ready.
    """
    subnet = scenario.network.subnet or SOMEWHERE
    lab = settle(scenario, "any", provider.name, subnet=subnet, router_id=1)
    bundle = bundles.require(scenario.kubernetes.version)
    facts = {
        "scenario": TypeAdapter(Scenario).dump_python(_essence(scenario), mode="json"),
        "provider": provider.name,
        "prefix": subnet.prefixlen,
        "vip": int(lab.vip) - int(subnet.network_address),
        "bundle": asdict(bundles.digests(bundle)),
        "runtime": dict(bundles.runtime_digests(bundle, scenario.kubernetes.runtime)),
        "labgen": [labgen.__version__, _sources()],
        "host": {m.name: _host(provider.machine_profile(lab, m)) for m in lab.machines},
    }
    return digests.of_facts(facts)[:KEY_LENGTH]


def find(scenario: Scenario, provider: Provider) -> Template | None:
    """Return the entry that fits; None if there is none, or if it cannot be used on this host.

    Raises CheckpointUnusable if it is damaged.
    """
    if not isinstance(provider, Clones):
        return None
    path = place() / key(scenario, provider)
    if not path.is_dir():
        return None
    try:
        saved = provider.read_saved(path)
    except (HostUnfit, FileNotFoundError):  # the latter: another process drops it now
        return None
    return Template(saved.lab, Origin(path))


def keep(lab: Lab, provider: Provider, began: str) -> SavedLab | None:
    """Save the lab, whose machines all run, for warm starts; None if its scenario has an entry.
    began is the key from before the lab was built.

    Raises LabgenError or OSError if it cannot be saved, or is of something else than a lab that
    would be built now.
    """
    if key(lab.scenario, provider) != began:
        raise LabgenError("what labs are built from was changed while this one was built")
    path = place() / began
    files.private_directory(place())
    with _alone():
        _sweep()
        if path.exists():
            return None
        try:
            saved = clones_of(provider).save_at(lab, path)
        except BaseException:
            drop(path)  # it was saved, but cannot be used: none of this key would ever be kept
            raise
        for entry in entries(provider)[ENTRIES:]:
            drop(entry.path)
    return saved


def entries(provider: Provider) -> list[Entry]:
    """Return all entries, the most recently used first."""
    clones = clones_of(provider)
    found = []
    for path in place().glob("[!.]*/"):
        with suppress(FileNotFoundError):  # another process has dropped it
            found.append(_entry(provider, clones, path))
    return sorted(found, key=lambda entry: entry.used, reverse=True)


def touch(path: Path) -> None:
    """Note that a lab was made from the entry at path, which another process may have dropped."""
    with suppress(FileNotFoundError):
        os.utime(path)


def drop(path: Path) -> None:
    """Remove the entry at path, if it exists. Another process may be doing the same."""
    old = path.with_name(f".{path.name}.{secrets.token_hex(4)}{OLD}")
    with suppress(FileNotFoundError):
        path.rename(old)  # so that there is never a part of one
        shutil.rmtree(old)


def sweep() -> None:
    """Remove what killed processes left while they saved or removed an entry, unless another
    process is saving one, which does the same."""
    if place().is_dir():
        with suppress(LabgenError), _alone():
            _sweep()


def _alone() -> AbstractContextManager[None]:
    """Lock the cache for a process that saves an entry; raises LabgenError if there is one."""
    return locked(place() / ".lock", timeout=0, doing="keeping a checkpoint")


def _sweep() -> None:
    for path in place().glob(".*/"):
        shutil.rmtree(path, ignore_errors=True)


def _entry(provider: Provider, clones: Clones, path: Path) -> Entry:
    used = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        saved = clones.describe_saved(path)
    except (LabgenError, OSError):
        size = sum(it.stat().st_size for it in path.iterdir() if it.is_file())
        return Entry(path, size, used, None, "it cannot be read")
    return Entry(path, saved.size, used, saved.lab, _obsolete(provider, saved))


def _obsolete(provider: Provider, saved: SavedLab) -> str:
    """Return why no lab is made from the entry any more: its key is not that of its scenario now.
    The text is empty if labs are."""
    try:
        if key(saved.lab.scenario, provider) == saved.path.name:
            return ""
        here = bundles.digests(bundles.require(saved.lab.scenario.kubernetes.version))
    except LabgenError as error:
        return error.reason
    if saved.bundle != here:
        return f"bundle {here.name} was built again since"
    return "labgen or this host has changed since"


def _essence(scenario: Scenario) -> Scenario:
    """Return the scenario without what differs between labs that are made from one entry."""
    return replace(
        scenario,
        name="",
        description="",
        source=Path(),
        overrides=(),
        network=replace(scenario.network, subnet=None, vip=None),
        provider=replace(scenario.provider, name=""),
    )


def _host(profile: MachineProfile) -> JsonValue:
    """Return the profile as JSON has it: it names directories of this host."""
    told: JsonValue = TypeAdapter(MachineProfile).dump_python(profile, mode="json")
    return told


def _sources() -> Mapping[str, str]:
    """Return the digests of everything that decides how a lab is built."""
    provisioners = data.directory("provisioners")
    found = digests.of_sources([provisioners], provisioners.parent)
    return found | digests.of_sources([data.PACKAGE], data.PACKAGE.parent)
