"""The sections kubernetes, network and software: the cluster's software and network."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import Field

from labgen.scenario.schema.kinds import (
    ADDRESS_OR_AUTO,
    NETWORK,
    NETWORK_OR_AUTO,
    VERSION,
    one_of,
)
from labgen.scenario.values import RUNTIMES

DEFAULT_VERSION = "v1.37.2"  # what labgen's own bundle is made of
POD_SUBNET = IPv4Network("10.244.0.0/16")  # flannel's own default
SERVICE_SUBNET = IPv4Network("10.96.0.0/12")  # kubeadm's own default


@dataclass(frozen=True)
class Cni:
    """The pod network."""

    name: Annotated[str, one_of("flannel"), Field(description="The pod network.")] = "flannel"
    backend: Annotated[
        str,
        one_of("vxlan", "host-gw"),
        Field(description="`vxlan`: a tunnel between machines. `host-gw`: plain routes."),
    ] = "vxlan"


@dataclass(frozen=True)
class Kubernetes:
    """The version of Kubernetes and how kubeadm is configured."""

    version: Annotated[
        str, VERSION, Field(description="A version of Kubernetes that labgen has a bundle for.")
    ] = DEFAULT_VERSION
    pod_subnet: Annotated[
        IPv4Network,
        NETWORK,
        Field(description="Addresses of pods. Each machine needs a /24 of it."),
    ] = POD_SUBNET
    service_subnet: Annotated[
        IPv4Network,
        NETWORK,
        Field(description="Addresses of Services. kubeadm accepts /12 to /28."),
    ] = SERVICE_SUBNET
    cni: Annotated[Cni, Field(description="How pods reach each other.")] = Cni()
    certificates: Annotated[
        str,
        one_of("upload", "copy"),
        Field(
            description="How the other control planes get the keys of the cluster's certificate "
            "authorities. `upload`: kubeadm stores them in the cluster, encrypted, for two hours. "
            "`copy`: as files from the first control plane, with its `admin.conf`."
        ),
    ] = "upload"
    runtime: Annotated[
        str,
        one_of(*RUNTIMES),
        Field(
            description="The machines' container runtime. For runtimes other than containerd see "
            "docs/how-to/container-runtimes.md."
        ),
    ] = "containerd"


@dataclass(frozen=True)
class NetworkSpec:
    """The machines' network. None stands for auto."""

    subnet: Annotated[
        IPv4Network | None,
        NETWORK_OR_AUTO,
        Field(
            description="The machines' network. `auto`: the first /24 from 10.89.0.0 upwards that "
            "no route of this host, no network that podman, Docker or libvirt have defined here, "
            "and no other lab uses."
        ),
    ] = None
    vip: Annotated[
        IPv4Address | None,
        ADDRESS_OR_AUTO,
        Field(
            description="The virtual address of the API, within the subnet. `auto`: host number "
            "244; where the subnet has no such number or a machine has it, the highest free one. "
            "An address needs a `subnet` that is not `auto`."
        ),
    ] = None
    first_host: Annotated[
        int,
        Field(
            strict=True,
            ge=2,
            le=2**24,
            description="Host number of the first machine; the others follow in the order of "
            "`machines`. Number 1 is the host itself.",
        ),
    ] = 3
    api_port: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=65535,
            description="HAProxy's port, on the VIP and on every control plane. The API servers "
            "listen on 6443.",
        ),
    ] = 8443


@dataclass(frozen=True)
class Software:
    """Where existing machines get their software."""

    packages: Annotated[
        str,
        one_of("bundle", "distribution"),
        Field(
            description="Where existing machines get Debian's packages: `bundle`, or "
            "`distribution` for their own apt sources. Machines that labgen creates already have "
            "them."
        ),
    ] = "bundle"
    kubernetes: Annotated[
        str,
        one_of("bundle", "repository"),
        Field(
            description="Where existing machines get kubeadm, kubelet and kubectl: `bundle`, or "
            "`repository` for the Kubernetes project's packages, held at the scenario's version."
        ),
    ] = "bundle"
