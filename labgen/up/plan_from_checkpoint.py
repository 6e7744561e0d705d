"""The steps by which a lab comes up from a checkpoint of another one.

Addresses and certificates are changed on the disks, before the first boot, so that no program has
ever run with those of the other lab. See docs/explanation/clones.md.
"""

from collections.abc import Sequence

from labgen.up.context import Context
from labgen.up.graph import Step
from labgen.up.plan import on, once
from labgen.up.steps.await_ready import await_ready
from labgen.up.steps.fetch_credentials import fetch_credentials
from labgen.up.steps.machines_from_checkpoint import (
    relocate_machines,
    switch_on_machines,
    unpack_machines,
)
from labgen.up.steps.merge_kubeconfig import merge_kubeconfig


def plan(context: Context) -> Sequence[Step]:
    """Return all steps. The first three begin again if not all of them are done; then the lab is
    like any other, and `up` has the ordinary plan."""
    first = context.lab.control_planes[0]
    return [
        once(context, unpack_machines),
        once(context, relocate_machines, after=["unpack machines"]),
        once(context, switch_on_machines, after=["relocate machines"]),
        *on(context, [first], fetch_credentials, after=["switch on machines"]),
        once(context, merge_kubeconfig, after=[f"fetch credentials {first.name}"]),
        once(context, await_ready, after=[f"fetch credentials {first.name}"]),
    ]
