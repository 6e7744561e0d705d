"""HAProxy that does not reach every API server, or does not listen for clients."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from labgen.cluster import haproxy
from labgen.lab.lab import Machine
from tests.e2e.mutation.cluster_editor import ClusterEditor, edited
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_load_balancer.py"
CONFIG = "/etc/haproxy/haproxy.cfg"
RELOAD = "systemctl reload haproxy"


def backups(editor: ClusterEditor, servers: Sequence[Machine]) -> tuple[str, ...]:
    """Return sed expressions by which HAProxy uses these API servers only if no other is left."""
    return tuple(f"s/server {server.name} .*/& backup/" for server in servers)


def until_all_up(editor: ClusterEditor) -> None:
    """Wait until every HAProxy sees all API servers."""
    ask = f"echo show stat | socat -t 2 - UNIX-CONNECT:{haproxy.SOCKET} | grep ^api-servers"

    def look() -> bool:
        said = [editor.on(machine, ask) for machine in editor.masters]
        return all(text.count(",UP,") == len(editor.masters) + 1 for text in said)

    editor.until("all API servers up", look)


@contextmanager
def wrong_server(editor: ClusterEditor) -> Iterator[None]:
    wrong = f"s/{editor.last.address}:6443/{editor.last.address}:6444/"
    with edited(editor, [editor.last], CONFIG, wrong, then=RELOAD):
        yield


@contextmanager
def wrong_port(editor: ClusterEditor) -> Iterator[None]:
    port = editor.lab.scenario.network.api_port
    machine = editor.masters[1]
    with edited(editor, [machine], CONFIG, rf"s/bind \*:{port}/bind *:{port + 1}/", then=RELOAD):
        yield


MUTATIONS = (
    Mutation(
        "wrong-server",
        of(FILE, "test_haproxy_sees_all_api_servers_up"),
        promise="Every control plane's HAProxy sees all API servers.",
        done="One control plane's haproxy.cfg has a wrong port for an API server.",
        doing=wrong_server,
    ),
    Mutation(
        "wrong-port",
        of(FILE, "test_haproxy_of_this_machine_leads_to_the_api"),
        promise="The API answers through every control plane's HAProxy: each may hold the VIP "
        "next.",
        done="One control plane's haproxy.cfg listens on a wrong port.",
        doing=wrong_port,
    ),
)
