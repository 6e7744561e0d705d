"""A VIP that is not on exactly one machine, or that no machine would take over."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.e2e.mutation.cluster_editor import ClusterEditor, firewall, shell
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_virtual_ip.py"
VRRP = "ip protocol vrrp drop"
STOP, START = "systemctl stop keepalived", "systemctl start keepalived"


@contextmanager
def two_masters(editor: ClusterEditor) -> Iterator[None]:
    """Let two machines hold the VIP. Packets of clients go to the one that announced itself last,
    whose HAProxy works."""

    def owners() -> list[str]:
        return [machine.name for machine in editor.masters if editor.has_vip(machine)]

    with ExitStack() as stack:
        for hook in ("input", "output"):
            stack.enter_context(firewall(editor, [editor.last], hook, VRRP))
        editor.until("two owners of the VIP", lambda: len(owners()) == 2)
        yield
    editor.until("one owner of the VIP", lambda: len(owners()) == 1)


@contextmanager
def no_keepalived(editor: ClusterEditor) -> Iterator[None]:
    with shell(editor, editor.masters[1:2], STOP, START):
        yield


@contextmanager
def nobody_has_it(editor: ClusterEditor) -> Iterator[None]:
    with shell(editor, editor.masters, STOP, START):
        yield


MUTATIONS = (
    Mutation(
        "two-owners",
        of(FILE, "test_exactly_one_machine_holds_the_vip"),
        promise="Exactly one machine has the VIP, and it is a control plane.",
        done="A firewall on the last control plane drops VRRP, so that machine takes the VIP as "
        "well.",
        doing=two_masters,
    ),
    Mutation(
        "no-keepalived",
        of(FILE, "test_keepalived_runs"),
        promise="keepalived runs on every control plane.",
        done="keepalived is stopped on a control plane that does not hold the VIP.",
        doing=no_keepalived,
    ),
)
