"""A lab whose machines reach more than the lab."""

from collections.abc import Iterator
from contextlib import contextmanager

from labgen.providers.container import firewall
from tests.e2e.mutation.cluster_editor import ClusterEditor
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_isolation.py"


@contextmanager
def flushed_rules(editor: ClusterEditor) -> Iterator[None]:
    try:
        firewall.remove(editor.lab.id)
        yield
    finally:
        firewall.ensure(editor.lab)


MUTATIONS = (
    Mutation(
        "flushed-rules",
        of(FILE, "test_machine_reaches_no_port_of_the_host"),
        promise="A lab is isolated: its machines reach no port of labgen's host.",
        done="The lab's firewall rules were flushed, as a reload of the host's firewall does.",
        doing=flushed_rules,
    ),
)
