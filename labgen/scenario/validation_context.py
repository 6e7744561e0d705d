"""A scenario during validation: complete, but possibly with errors."""

from collections.abc import Sequence
from dataclasses import dataclass

from labgen.scenario.diagnostics import Field, covers
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.model import Role
from labgen.scenario.schema import HostPart, MachinesPart, ScenarioPart

SUBNET: Field = ("network", "subnet")
VIP: Field = ("network", "vip")
FIRST_HOST: Field = ("network", "firstHost")
POD_SUBNET: Field = ("kubernetes", "podSubnet")
SERVICE_SUBNET: Field = ("kubernetes", "serviceSubnet")


@dataclass(frozen=True)
class ValidationContext:
    """The input of the checks."""

    part: ScenarioPart  # has defaults at the fields in bad
    data: object  # what was written, with overrides
    bad: tuple[Field, ...]  # fields with errors that are reported already
    host_environment: HostEnvironment

    def trusts(self, *fields: Field) -> bool:
        """Return whether all of these were readable, because no check may judge a default that
        replaces an error."""
        return not any(
            covers(bad, field) or covers(field, bad) for bad in self.bad for field in fields
        )

    def written(self, field: Field) -> bool:
        """Return whether the field is set in the file or an override, and is not a default."""
        value = self.data
        for step in field:
            items = dict(enumerate(value)) if isinstance(value, list) else value
            if not isinstance(items, dict) or step not in items:
                return False
            value = items[step]
        return True

    @property
    def groups(self) -> list[tuple[Field, MachinesPart]]:
        """Return each group of machines with its field."""
        return [(("machines", index), group) for index, group in enumerate(self.part.machines)]

    @property
    def control_planes(self) -> list[tuple[Field, MachinesPart]]:
        """Return each group of control planes with its field."""
        return [item for item in self.groups if item[1].role == Role.CONTROL_PLANE]

    @property
    def existing(self) -> bool:
        """Return whether the machines are existing ones."""
        return self.part.provider.name == "ssh" and self.trusts(("provider", "name"))

    @property
    def hosts(self) -> list[tuple[Field, str, HostPart]]:
        """Return each existing machine with its field and its name."""
        return [
            ((*field, "hosts", index), name, host)
            for field, group in self.groups
            for index, (name, host) in enumerate(zip(group.names, group.hosts, strict=False))
        ]

    @property
    def count_fields(self) -> tuple[Field, ...]:
        """Return the fields that the number of machines depends on."""
        return tuple(count_field(field, group) for field, group in self.groups)

    @property
    def counts_known(self) -> bool:
        """Return whether the number of machines is known."""
        return ("machines",) not in self.bad and self.trusts(*self.count_fields)

    @property
    def role_fields(self) -> tuple[Field, ...]:
        """Return the field of each group's role."""
        return tuple((*field, "role") for field, _ in self.groups)

    @property
    def host_numbers(self) -> Sequence[int]:
        """Return the host numbers of all machines in their order.

        Without a subnet, existing machines have none.
        """
        first, subnet = self.part.network.first_host, self.part.network.subnet
        if not self.existing:
            return range(first, first + sum(group.number for group in self.part.machines))
        if subnet is None:
            return ()
        return [int(host.address) - int(subnet.network_address) for _, _, host in self.hosts]

    def machine_name(self, host_number: int) -> str:
        """Return the name of the machine with that number. Raises ValueError if no machine has
        it."""
        names = [name for group in self.part.machines for name in group.names]
        return names[list(self.host_numbers).index(host_number)]


def count_field(field: Field, group: MachinesPart) -> Field:
    """Return the field that sets the number of machines of a group."""
    return (*field, "hosts" if group.hosts else "count")
