"""The shape of a scenario file, and every default. What a value may be is in values.py."""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainValidator
from pydantic.alias_generators import to_camel

from labgen.scenario import balancing, ssh_login, values
from labgen.scenario.model import Haproxy, Keepalived, Role
from labgen.scenario.units import LONGEST

DEFAULT_VERSION = "v1.37.2"  # what labgen's own bundle is made of
MACHINES_AT_MOST = 1000  # one host carries a lab; this only keeps slips of the finger out
CPUS_AT_MOST = 1024
WEIGHT_AT_MOST = 256  # HAProxy's
KEEPALIVED, HAPROXY = Keepalived(), Haproxy()
PROVIDERS = ("container", "libvirt", "ssh")

# None only stands for a value left to the profile: nobody can write it.
Duration = Annotated[int | None, PlainValidator(values.duration)]
Count = Annotated[int | None, PlainValidator(values.count(1, LONGEST))]
CountFromZero = Annotated[int | None, PlainValidator(values.count(0, LONGEST))]


class Part(BaseModel):
    """A mapping of the file: keys in camelCase, unknown ones refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class CniPart(Part):
    name: Annotated[str, PlainValidator(values.choice("flannel"))] = "flannel"
    backend: Annotated[str, PlainValidator(values.choice("vxlan", "host-gw"))] = "vxlan"


class KubernetesPart(Part):
    version: Annotated[str, PlainValidator(values.version)] = DEFAULT_VERSION
    # flannel's and kubeadm's own defaults
    pod_subnet: Annotated[IPv4Network, PlainValidator(values.network)] = IPv4Network(
        "10.244.0.0/16"
    )
    service_subnet: Annotated[IPv4Network, PlainValidator(values.network)] = IPv4Network(
        "10.96.0.0/12"
    )
    cni: CniPart = CniPart()
    certificates: Annotated[str, PlainValidator(values.choice("upload", "copy"))] = "upload"
    runtime: Annotated[str, PlainValidator(values.choice(*values.RUNTIMES))] = "containerd"


class NetworkPart(Part):
    """None stands for auto."""

    subnet: Annotated[IPv4Network | None, PlainValidator(values.network_or_auto)] = None
    vip: Annotated[IPv4Address | None, PlainValidator(values.address_or_auto)] = None
    first_host: Annotated[int, PlainValidator(values.count(2, 2**24))] = 3
    api_port: Annotated[int, PlainValidator(values.count(1, 65535))] = 8443


class TimingsPart(Part):
    """What is not set comes from the profile. The names are those of model.Timings."""

    advert_interval: Duration = None
    script_interval: Duration = None
    script_timeout: Duration = None
    script_fall: Count = None
    script_rise: Count = None
    connect_timeout: Duration = None
    check_timeout: Duration = None
    check_interval: Duration = None
    fast_interval: Duration = None
    down_interval: Duration = None
    rise: Count = None
    fall: Count = None
    retries: CountFromZero = None
    slowdown: Count = None
    budget: Duration = None


class KeepalivedPart(Part):
    vrrp_version: Annotated[int, PlainValidator(values.count(2, 3))] = KEEPALIVED.vrrp_version
    peers: Annotated[str, PlainValidator(values.choice("unicast", "multicast"))] = KEEPALIVED.peers
    authentication: Annotated[str, PlainValidator(values.choice("none", "PASS", "AH"))] = (
        KEEPALIVED.authentication
    )
    priorities: Annotated[tuple[int, ...], PlainValidator(balancing.priorities)] = (
        KEEPALIVED.priorities
    )
    track_script: Annotated[str, PlainValidator(values.choice("haproxy", "none"))] = (
        KEEPALIVED.track_script
    )
    safeguards: Annotated[bool, PlainValidator(balancing.switch)] = KEEPALIVED.safeguards


class HaproxyPart(Part):
    bind: Annotated[tuple[str, ...], PlainValidator(balancing.bind)] = HAPROXY.bind
    check: Annotated[str, PlainValidator(values.choice("http", "tcp"))] = HAPROXY.check
    slow_start: Annotated[int, PlainValidator(balancing.duration_or_none)] = HAPROXY.slow_start
    maxconn: Annotated[int, PlainValidator(values.count(0, LONGEST))] = HAPROXY.maxconn
    maxqueue: Annotated[int, PlainValidator(values.count(0, LONGEST))] = HAPROXY.maxqueue
    weight: Annotated[int, PlainValidator(values.count(1, WEIGHT_AT_MOST))] = HAPROXY.weight
    log: Annotated[str, PlainValidator(values.choice("none", "tcplog"))] = HAPROXY.log
    safeguards: Annotated[bool, PlainValidator(balancing.switch)] = HAPROXY.safeguards


class LoadBalancerPart(Part):
    profile: Annotated[str, PlainValidator(values.choice("fast", "standard", "emulated"))] = "fast"
    endpoint: Annotated[str, PlainValidator(values.choice("haproxy", "api-server"))] = "haproxy"
    timings: TimingsPart = TimingsPart()
    keepalived: KeepalivedPart = KeepalivedPart()
    haproxy: HaproxyPart = HaproxyPart()


class LoginPart(Part):
    """How existing machines are reached; None stands for what the provider part says, and there
    for the usual."""

    user: Annotated[str | None, PlainValidator(ssh_login.user)] = None
    port: Annotated[int | None, PlainValidator(values.count(1, 65535))] = None
    key: Annotated[str | None, PlainValidator(ssh_login.path)] = None
    sudo_password_file: Annotated[str | None, PlainValidator(ssh_login.path)] = None


class PowerPart(Part):
    on: Annotated[tuple[str, ...] | None, PlainValidator(ssh_login.command)] = None
    off: Annotated[tuple[str, ...] | None, PlainValidator(ssh_login.command)] = None


class HostPart(LoginPart):
    """A machine that exists. An empty name means: the group's prefix and its number."""

    address: Annotated[IPv4Address, PlainValidator(ssh_login.address)]
    name: Annotated[str, PlainValidator(values.label)] = ""
    host_key: Annotated[str | None, PlainValidator(ssh_login.host_key)] = None
    power: PowerPart = PowerPart()


class MachinesPart(Part):
    """A group of equal machines, made or (hosts) existing ones. An empty prefix means: the role's
    usual one."""

    role: Annotated[str, PlainValidator(values.choice(*Role))]
    prefix: Annotated[str, PlainValidator(values.prefix)] = ""
    count: Annotated[int, PlainValidator(values.count(1, MACHINES_AT_MOST))] = 1
    cpus: Annotated[int, PlainValidator(values.count(1, CPUS_AT_MOST))] = 2
    memory: Annotated[int, PlainValidator(values.size)] = 2048
    disk: Annotated[int, PlainValidator(values.disk)] = 20
    hosts: list[HostPart] = []

    @property
    def name_prefix(self) -> str:
        return self.prefix or ("master" if self.role == Role.CONTROL_PLANE else "node")

    @property
    def number(self) -> int:
        """How many machines there are in the group."""
        return len(self.hosts) or self.count

    @property
    def names(self) -> list[str]:
        """The names of the group's machines."""
        usual = [f"{self.name_prefix}{number}" for number in range(1, self.number + 1)]
        return [host.name or name for host, name in zip(self.hosts, usual, strict=False)] or usual


class BoxPart(Part):
    """A Vagrant box of the site's own; without a name it is labgen's."""

    name: Annotated[str, PlainValidator(values.text("debian/bookworm64"))] = ""
    version: Annotated[str, PlainValidator(values.text("12.20240905.1"))] = ""
    url: Annotated[str, PlainValidator(values.text("file:///srv/boxes/site.box"))] = ""
    user: Annotated[str, PlainValidator(ssh_login.user)] = ""


class ProviderPart(LoginPart):
    name: Annotated[str, PlainValidator(values.choice(values.AUTO, *PROVIDERS))] = values.AUTO
    uri: Annotated[str | None, PlainValidator(values.libvirt_uri)] = None
    box: BoxPart = BoxPart()
    jump: Annotated[str | None, PlainValidator(ssh_login.place)] = None


class SoftwarePart(Part):
    """Where existing machines get it."""

    packages: Annotated[str, PlainValidator(values.choice("bundle", "distribution"))] = "bundle"
    kubernetes: Annotated[str, PlainValidator(values.choice("bundle", "repository"))] = "bundle"


class ScenarioPart(Part):
    """The whole file."""

    api_version: Annotated[str, PlainValidator(values.choice("labgen/v1"))] = "labgen/v1"
    kind: Annotated[str, PlainValidator(values.choice("Scenario"))] = "Scenario"
    name: Annotated[str, PlainValidator(values.label)]
    description: Annotated[str, PlainValidator(values.text("a short sentence"))] = ""
    kubernetes: KubernetesPart = KubernetesPart()
    network: NetworkPart = NetworkPart()
    load_balancer: LoadBalancerPart = LoadBalancerPart()
    machines: list[MachinesPart]
    provider: ProviderPart = ProviderPart()
    software: SoftwarePart = SoftwarePart()
