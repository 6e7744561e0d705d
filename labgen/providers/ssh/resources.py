"""The resources of a lab on existing machines."""

from labgen.errors import LabgenError
from labgen.lab.lab import Lab
from labgen.lab.ownership import owner
from labgen.machine import gather_facts
from labgen.providers.resource import Resource


def list_resources(lab: Lab) -> list[Resource]:
    """Return the lab's files and interfaces on its machines, which are queried for this."""

    def refuse() -> None:
        raise LabgenError(
            f"lab {lab.name} can only be uninstalled from all its machines together",
            hint=f"labgen down {lab.name}",
        )

    traces = gather_facts.traces(lab)
    return [Resource("path", trace, owner(lab), refuse) for trace in traces]
