"""Load an inventory: read, parse, check. All errors are reported together."""

from collections.abc import Iterator
from pathlib import Path

from labgen.inventory.model import Inventory
from labgen.inventory.schema import InventoryPart
from labgen.scenario import parse
from labgen.scenario.diagnostics import Diagnostic, Field, ScenarioInvalid, not_a_mapping
from labgen.scenario.load import in_file, read_document
from labgen.scenario.resolve import host, resolved_path

ONLY_LOOKS = (
    "tier {tier} is disruptive: it breaks parts of the cluster and creates workloads; a "
    "cluster that labgen did not build is only inspected"
)
OTHERWISE = (
    "read-only: labgen verify --inventory {file} --tier smoke\n"
    "on machines that may fail: build a cluster there, by a scenario with provider ssh"
)
EMPTY = "write hosts, kubeconfig or both"


def load(path: Path) -> Inventory:
    """Load the inventory at path.

    Raises ScenarioInvalid with all errors, and UsageError if the file cannot be read.
    """
    document = read_document(path, hint="an inventory names hosts, a kubeconfig or both")
    diagnostics = list(document.diagnostics)
    if not isinstance(document.data, dict):
        diagnostics.append(not_a_mapping(document.data, EMPTY))
        raise ScenarioInvalid(in_file(diagnostics, path, document))
    part, of_shape = parse.parse_as(InventoryPart, document.data)
    bad = {diagnostic.field for diagnostic in (*diagnostics, *of_shape)}
    diagnostics += [*of_shape, *_check(part, bad)]
    if diagnostics:
        raise ScenarioInvalid(in_file(diagnostics, path, document))
    return _resolve(part, path)


def _check(part: InventoryPart, bad: set[Field]) -> Iterator[Diagnostic]:
    if not part.hosts and not part.kubeconfig and not {("hosts",), ("kubeconfig",)} & bad:
        yield Diagnostic((), f"it does not say how to reach the cluster; {EMPTY}")
    seen: dict[object, int] = {}
    for index, machine in enumerate(part.hosts):
        field: Field = ("hosts", index, "address")
        if field in bad or ("hosts", index) in bad:
            continue
        if machine.address in seen:
            text = (
                f"{machine.address} is hosts[{seen[machine.address]}]'s; give each machine its own"
            )
            yield Diagnostic(field, text)
        seen.setdefault(machine.address, index)


def _resolve(part: InventoryPart, source: Path) -> Inventory:
    return Inventory(
        source=source,
        hosts=tuple(
            (machine.name, host(machine.address, machine.host_key, machine, part, source))
            for machine in part.hosts
        ),
        kubeconfig=resolved_path(part.kubeconfig, source),
        vip=part.vip,
        port=part.api_port,
    )
