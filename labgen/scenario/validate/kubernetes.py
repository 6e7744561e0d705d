"""Check versions and subnets by the rules of Kubernetes.

The limits are those of kubeadm v1.37: cmd/kubeadm/app/constants/constants.go, applied in
cmd/kubeadm/app/apis/kubeadm/validation/validation.go.
"""

from collections.abc import Iterator

from labgen.scenario.diagnostics import Diagnostic
from labgen.scenario.validation_context import POD_SUBNET, SERVICE_SUBNET, ValidationContext

NODE_PREFIX = 24  # kube-controller-manager's default --node-cidr-mask-size-ipv4
POD_PREFIX_AT_LEAST = NODE_PREFIX - 16  # PodSubnetNodeMaskMaxDiff
SERVICE_PREFIX_AT_LEAST = 32 - 20  # MaximumBitsForServiceSubnet
SERVICE_PREFIX_AT_MOST = 28  # MinimumAddressesInServiceSubnet = 10


def version_is_in_the_bundle(context: ValidationContext) -> Iterator[Diagnostic]:
    field = ("kubernetes", "version")
    known = context.host_environment.known_versions
    version = context.part.kubernetes.version
    if known and version not in known and context.trusts(field):
        yield Diagnostic(field, f"the bundle lacks {version}; use {' or '.join(known)}")


def pod_subnet_has_a_part_for_each_machine(context: ValidationContext) -> Iterator[Diagnostic]:
    subnet = context.part.kubernetes.pod_subnet
    if not context.trusts(POD_SUBNET):
        return
    if subnet.prefixlen < POD_PREFIX_AT_LEAST:
        yield Diagnostic(
            POD_SUBNET, f"{subnet} is larger than kubeadm accepts; use a /8 or smaller"
        )
        return
    if not context.counts_known:
        return
    parts = 2 ** (NODE_PREFIX - subnet.prefixlen) if subnet.prefixlen <= NODE_PREFIX else 0
    needed = len(context.host_numbers)
    if parts < needed:
        prefix = NODE_PREFIX - (needed - 1).bit_length()
        yield Diagnostic(
            POD_SUBNET,
            f"{subnet} has {parts} blocks of /24, but each of the {needed} machines needs one; "
            f"use a /{prefix} or larger",
            also=context.count_fields,
        )


def service_subnet_suits_kubeadm(context: ValidationContext) -> Iterator[Diagnostic]:
    subnet = context.part.kubernetes.service_subnet
    if not context.trusts(SERVICE_SUBNET):
        return
    if subnet.prefixlen < SERVICE_PREFIX_AT_LEAST:
        text = (
            f"{subnet} is larger than kubeadm accepts; use a /{SERVICE_PREFIX_AT_LEAST} or smaller"
        )
        yield Diagnostic(SERVICE_SUBNET, text)
    if subnet.prefixlen > SERVICE_PREFIX_AT_MOST:
        text = (
            f"{subnet} is smaller than kubeadm accepts; use a /{SERVICE_PREFIX_AT_MOST} or larger"
        )
        yield Diagnostic(SERVICE_SUBNET, text)
