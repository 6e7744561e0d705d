"""The lab's context in the user's own kubeconfig."""

from labgen.build.context import Context
from labgen.build.graph import Outcome
from labgen.lab import user_kubeconfig


def merge_kubeconfig(context: Context) -> Outcome:
    """Add the context labgen-NAME to $KUBECONFIG or ~/.kube/config."""
    added = user_kubeconfig.add(context.lab, context.bundle.bin / "kubectl")
    return Outcome.CHANGED if added else Outcome.OK
