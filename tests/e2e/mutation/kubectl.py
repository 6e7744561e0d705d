"""kubectl exec, logs, port-forward and cp, forbidden or without something that they need."""

from collections.abc import Iterator
from contextlib import contextmanager

from acceptance.framework.workloads.namespaces import PREFIX
from tests.e2e.mutation.admission import forbidden
from tests.e2e.mutation.cluster_editor import ClusterEditor
from tests.e2e.mutation.meanwhile import meanwhile
from tests.e2e.mutation.mutation import Mutation, of, only

FILE = "test_workload_kubectl.py"


@contextmanager
def no_shell(editor: ClusterEditor) -> Iterator[None]:
    with forbidden(editor, "no-shell", "CONNECT", "pods/exec", "!('sh' in object.command)"):
        yield


@contextmanager
def no_tar(editor: ClusterEditor) -> Iterator[None]:
    with forbidden(editor, "no-tar", "CONNECT", "pods/exec", "!('tar' in object.command)"):
        yield


@contextmanager
def no_forward(editor: ClusterEditor) -> Iterator[None]:
    with forbidden(editor, "no-forward", "CONNECT", "pods/portforward", "false"):
        yield


@contextmanager
def no_log(editor: ClusterEditor) -> Iterator[None]:
    """Remove the log as soon as it exists. The container continues to write to the deleted file."""
    log = f"/var/log/pods/{PREFIX}-workload-kubectl-*_tool_*/tool/0.log"

    def removed() -> bool:
        editor.on(editor.worker, f"rm {log}")
        return True

    with meanwhile(removed):
        yield


MUTATIONS = (
    Mutation(
        "no-shell",
        of(FILE, "test_kubectl_exec_runs_a_command_in_a_pod"),
        promise="`kubectl exec` runs a command in a pod.",
        done="An admission policy forbids shells in pods.",
        doing=no_shell,
        run=only(FILE),
    ),
    Mutation(
        "no-log",
        of(FILE, "test_kubectl_logs_follows_a_pod"),
        promise="`kubectl logs -f` follows a pod's output.",
        done="A clean-up job on the pod's machine removes the container's log while it is written.",
        doing=no_log,
        run=only(FILE),
    ),
    Mutation(
        "no-forward",
        of(FILE, "test_kubectl_port_forward_leads_to_the_pod"),
        promise="`kubectl port-forward` leads to a pod.",
        done="An admission policy forbids port-forward.",
        doing=no_forward,
        run=only(FILE),
    ),
    Mutation(
        "no-tar",
        of(FILE, "test_kubectl_cp_copies_there_and_back"),
        promise="`kubectl cp` copies into a pod and out of it.",
        done="An admission policy forbids tar in pods, which `kubectl cp` runs.",
        doing=no_tar,
        run=only(FILE),
    ),
)
