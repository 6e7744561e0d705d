"""After a power cut, let the controller manager and the scheduler lead without waiting for leases.

A leader that was lost with the power of its machine holds its lease for another fifteen seconds.
Meanwhile no Service learns the addresses of pods that started again, and no pod is scheduled.
"""

from labgen.cluster import api, leases
from labgen.cluster.api import ApiUnreachable
from labgen.cluster.query import query_machines
from labgen.system.wait import NotYet
from labgen.up.context import Context


def release_leases(context: Context) -> list[str]:
    """Release the leases whose holder cannot renew them, because its machine booted since it did.

    Return the holders that do not answer on SSH yet: whether they booted since is not known.

    Raises NotYet while the API does not answer.
    """
    lab = context.lab
    client = api.connect(lab)
    try:
        found = leases.leases(client)
        holders = [m for m in lab.control_planes if m.name in {lease.machine for lease in found}]
        views = query_machines(lab, context.ssh, holders).views or {}
        booted = {name: view.booted for name, view in views.items()}
        for lease in leases.stale(found, booted):
            leases.release(client, lease)
    except ApiUnreachable as error:
        raise NotYet(f"the API does not answer: {error.reason}") from error
    return [machine.name for machine in holders if machine.name not in views]
