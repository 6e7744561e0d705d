"""A scenario on its way through the checks: complete, but not yet known to be good."""

from dataclasses import dataclass

from labgen.scenario.mistakes import Field, covers
from labgen.scenario.model import Role
from labgen.scenario.schema import MachinesPart, ScenarioPart
from labgen.scenario.surroundings import Surroundings

SUBNET: Field = ("network", "subnet")
VIP: Field = ("network", "vip")
FIRST_HOST: Field = ("network", "firstHost")
POD_SUBNET: Field = ("kubernetes", "podSubnet")
SERVICE_SUBNET: Field = ("kubernetes", "serviceSubnet")


@dataclass(frozen=True)
class Draft:
    """part has defaults at the fields in bad; data is what was written, overrides included."""

    part: ScenarioPart
    data: object
    bad: tuple[Field, ...]
    surroundings: Surroundings

    def trusts(self, *fields: Field) -> bool:
        """Whether all of these were readable: no check may judge a stand-in."""
        return not any(
            covers(bad, field) or covers(field, bad) for bad in self.bad for field in fields
        )

    def written(self, field: Field) -> bool:
        """Whether the field stands in the file or an override, and is no default."""
        value = self.data
        for step in field:
            if not isinstance(value, dict) or step not in value:
                return False
            value = value[step]
        return True

    @property
    def groups(self) -> list[tuple[Field, MachinesPart]]:
        """Each group of machines with its field."""
        return [(("machines", index), group) for index, group in enumerate(self.part.machines)]

    @property
    def control_planes(self) -> list[tuple[Field, MachinesPart]]:
        return [item for item in self.groups if item[1].role == Role.CONTROL_PLANE]

    @property
    def count_fields(self) -> tuple[Field, ...]:
        """What the number of machines is made of."""
        return tuple((*field, "count") for field, _ in self.groups)

    @property
    def counts_known(self) -> bool:
        """Whether it is known how many machines there are."""
        return ("machines",) not in self.bad and self.trusts(*self.count_fields)

    @property
    def role_fields(self) -> tuple[Field, ...]:
        return tuple((*field, "role") for field, _ in self.groups)

    @property
    def host_numbers(self) -> range:
        """The host numbers of all machines, one after another."""
        first = self.part.network.first_host
        return range(first, first + sum(group.count for group in self.part.machines))

    def machine_name(self, host_number: int) -> str:
        """The name of the machine with that host number."""
        place = host_number - self.part.network.first_host
        for group in self.part.machines:
            if place < group.count:
                return f"{group.name_prefix}{place + 1}"
            place -= group.count
        raise LookupError(host_number)
