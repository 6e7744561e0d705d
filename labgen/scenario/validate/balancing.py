"""Whether keepalived can do what it is told, and for as many control planes as there are."""

from collections.abc import Iterator

from labgen.scenario.diagnostics import Field, Mistake
from labgen.scenario.validation_context import Draft

KEEPALIVED: Field = ("loadBalancer", "keepalived")
VERSION: Field = (*KEEPALIVED, "vrrpVersion")
AUTHENTICATION: Field = (*KEEPALIVED, "authentication")
PRIORITIES: Field = (*KEEPALIVED, "priorities")


def every_control_plane_has_a_priority(draft: Draft) -> Iterator[Mistake]:
    found = draft.part.load_balancer.keepalived.priorities
    masters = sum(group.count for _, group in draft.control_planes)
    if not found or not draft.counts_known or not draft.trusts(PRIORITIES, *draft.role_fields):
        return
    if len(found) != masters:
        text = f"{len(found)} priorities for {masters} control planes; write one for each, or auto"
        yield Mistake(PRIORITIES, text, also=(*draft.count_fields, *draft.role_fields))


def authentication_is_of_version_2(draft: Draft) -> Iterator[Mistake]:
    keepalived = draft.part.load_balancer.keepalived
    if keepalived.authentication == "none" or keepalived.vrrp_version == 2:
        return
    if draft.trusts(AUTHENTICATION, VERSION):
        text = (
            f"VRRP version 3 has no authentication (RFC 5798, section 9); "
            f"write vrrpVersion: 2 too, or none instead of {keepalived.authentication}"
        )
        yield Mistake(AUTHENTICATION, text, also=(VERSION,))
