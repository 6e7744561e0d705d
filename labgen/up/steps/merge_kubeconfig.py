"""Merge the lab's context into the user's own kubeconfig."""

from labgen.lab import user_kubeconfig
from labgen.up.context import Context
from labgen.up.graph import Outcome


def merge_kubeconfig(context: Context) -> Outcome:
    """Add the context labgen-NAME to $KUBECONFIG or ~/.kube/config."""
    added = user_kubeconfig.add(context.lab)
    return Outcome.CHANGED if added else Outcome.OK
