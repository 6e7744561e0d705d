"""A fake libvirt, with the methods that list resources and remove them."""

# ruff: noqa: N802 - libvirt names them so

from dataclasses import dataclass, field


@dataclass
class Thing:
    """A domain, network or volume; actions on it are recorded."""

    called: str
    xml: str = ""
    done: list[str] = field(default_factory=list)

    def name(self) -> str:
        return self.called

    def XMLDesc(self) -> str:
        return self.xml

    def path(self) -> str:
        return f"/pool/{self.called}"

    def isActive(self) -> bool:
        return True

    def destroy(self) -> None:
        self.done.append("destroy")

    def delete(self) -> None:
        self.done.append("delete")

    def undefine(self) -> None:
        self.done.append("undefine")

    def undefineFlags(self, _flags: int) -> None:
        self.undefine()


@dataclass
class Pool(Thing):
    volumes: dict[str, Thing] = field(default_factory=dict)

    def refresh(self) -> None:
        """Do nothing, because nothing has changed."""

    def listVolumes(self) -> list[str]:
        return list(self.volumes)

    def storageVolLookupByName(self, name: str) -> Thing:
        return self.volumes[name]


@dataclass
class Hypervisor:
    """A lab of one machine, with a box's files."""

    domains: dict[str, Thing]
    networks: dict[str, Thing]
    pool: Pool

    def listAllDomains(self) -> list[Thing]:
        return list(self.domains.values())

    def listAllNetworks(self) -> list[Thing]:
        return list(self.networks.values())

    def lookupByName(self, name: str) -> Thing:
        if name not in self.domains:
            import libvirt  # noqa: PLC0415 - optional

            absent = libvirt.libvirtError("no domain with that name")
            absent.err = (libvirt.VIR_ERR_NO_DOMAIN, 10, "no domain with that name")
            raise absent
        return self.domains[name]

    def networkLookupByName(self, name: str) -> Thing:
        return self.networks[name]

    def storagePoolLookupByName(self, _name: str) -> Pool:
        return self.pool
