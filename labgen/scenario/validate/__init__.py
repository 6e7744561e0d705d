"""Checks across fields. One file per subject, one function per check."""

from collections.abc import Callable, Iterator

from labgen.scenario.diagnostics import Diagnostic
from labgen.scenario.validate import (
    addresses,
    balancing,
    hosts,
    kubernetes,
    machines,
    overlaps,
    provider,
    timings,
)
from labgen.scenario.validation_context import ValidationContext

CHECKS: tuple[Callable[[ValidationContext], Iterator[Diagnostic]], ...] = (
    kubernetes.version_is_in_the_bundle,
    kubernetes.pod_subnet_has_a_part_for_each_machine,
    kubernetes.service_subnet_suits_kubeadm,
    machines.control_planes_form_a_majority,
    machines.control_planes_suit_kubeadm,
    machines.names_are_labels,
    machines.names_are_unique,
    addresses.subnet_is_for_machines,
    addresses.machines_have_addresses,
    addresses.vip_is_free,
    addresses.api_port_is_free,
    hosts.machines_come_from_the_provider,
    hosts.network_is_named,
    hosts.addresses_are_their_own,
    hosts.power_goes_off_and_on,
    hosts.logins_are_for_existing_machines,
    hosts.sizes_are_their_own,
    overlaps.subnets_are_apart,
    overlaps.host_reaches_none_of_them,
    timings.keepalived_can_count_them,
    balancing.every_control_plane_has_a_priority,
    balancing.authentication_is_of_version_2,
    provider.uri_is_for_libvirt,
    provider.box_is_for_libvirt,
    provider.software_is_for_existing_machines,
)


def check(context: ValidationContext) -> list[Diagnostic]:
    """Return all errors that the checks find."""
    return [diagnostic for find in CHECKS for diagnostic in find(context)]
