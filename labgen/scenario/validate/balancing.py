"""Check that keepalived's settings are possible for the number of control planes."""

from collections.abc import Iterator

from labgen.scenario.diagnostics import Diagnostic, Field
from labgen.scenario.validation_context import ValidationContext

KEEPALIVED: Field = ("loadBalancer", "keepalived")
VERSION: Field = (*KEEPALIVED, "vrrpVersion")
AUTHENTICATION: Field = (*KEEPALIVED, "authentication")
PRIORITIES: Field = (*KEEPALIVED, "priorities")


def every_control_plane_has_a_priority(context: ValidationContext) -> Iterator[Diagnostic]:
    found = context.part.load_balancer.keepalived.priorities
    masters = sum(group.number for _, group in context.control_planes)
    if (
        not found
        or not context.counts_known
        or not context.trusts(PRIORITIES, *context.role_fields)
    ):
        return
    if len(found) != masters:
        text = f"{len(found)} priorities for {masters} control planes; write one for each, or auto"
        yield Diagnostic(PRIORITIES, text, also=(*context.count_fields, *context.role_fields))


def authentication_is_of_version_2(context: ValidationContext) -> Iterator[Diagnostic]:
    keepalived = context.part.load_balancer.keepalived
    if keepalived.authentication == "none" or keepalived.vrrp_version == 2:
        return
    if context.trusts(AUTHENTICATION, VERSION):
        text = (
            f"VRRP version 3 has no authentication (RFC 5798, section 9); "
            f"write vrrpVersion: 2 too, or none instead of {keepalived.authentication}"
        )
        yield Diagnostic(AUTHENTICATION, text, also=(VERSION,))
