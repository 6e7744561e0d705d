"""Certificates without the VIP, and kubeconfigs that point at one machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from labgen.lab.lab import Machine
from tests.e2e.mutation.cluster_editor import KEPT, ClusterEditor, edited, patched
from tests.e2e.mutation.load_balancer import CONFIG, RELOAD, backups
from tests.e2e.mutation.mutation import Mutation, of

FILE = "test_certificates.py"
KUBERNETES = "/etc/kubernetes"
PKI = f"{KUBERNETES}/pki"
CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info"
SHOW = "openssl x509 -noout -ext subjectAltName"
YEAR = 365  # days, kubeadm's
# $1 is an expression of sed on the certificate's names, $2 its days; the key stays
ISSUE = f"""
names=$({SHOW} -in {PKI}/apiserver.crt | tail -n +2 | sed -E -e 's/IP Address/IP/g' -e "$1")
mkdir -p {KEPT}
cp -p {PKI}/apiserver.crt {KEPT}/apiserver.crt
openssl req -new -key {PKI}/apiserver.key -subj /CN=kube-apiserver |
  openssl x509 -req -CA {PKI}/ca.crt -CAkey {PKI}/ca.key -days "$2" -out {KEPT}/new.crt \\
    -extfile <(echo "subjectAltName=$names") 2>&1
cat {KEPT}/new.crt >{PKI}/apiserver.crt
"""
BACK = f"""
if [ -e {KEPT}/apiserver.crt ]; then
  cat {KEPT}/apiserver.crt >{PKI}/apiserver.crt
  rm {KEPT}/apiserver.crt
fi
"""
SERVED = f"""
openssl s_client -connect "$1" </dev/null 2>/dev/null | openssl x509 -outform DER | sha256sum
openssl x509 -in {PKI}/apiserver.crt -outform DER | sha256sum
"""


@contextmanager
def reissued(
    editor: ClusterEditor, machines: Sequence[Machine], change: str, days: int = YEAR
) -> Iterator[None]:
    """Reissue the API servers' certificates for days, with names changed by a sed expression."""
    try:
        editor.on_each(machines, f"set -o pipefail; set -- '{change}' {days}", ISSUE)
        _until_served(editor, machines)
        yield
    finally:
        editor.on_each(machines, BACK)
        _until_served(editor, machines)


@contextmanager
def without_vip(editor: ClusterEditor) -> Iterator[None]:
    """Lead clients to the other API servers, so that no client notices the certificate before it is
    needed."""
    spare = backups(editor, [editor.last])
    with (
        edited(editor, editor.masters, CONFIG, *spare, then=RELOAD),
        reissued(editor, [editor.last], _strike(editor)),
    ):
        yield


@contextmanager
def ends_soon(editor: ClusterEditor) -> Iterator[None]:
    with reissued(editor, editor.masters[1:2], "", days=7):
        yield


@contextmanager
def all_without_vip(editor: ClusterEditor) -> Iterator[None]:
    with reissued(editor, editor.masters, _strike(editor)):
        yield


@contextmanager
def users_kubeconfig(editor: ClusterEditor) -> Iterator[None]:
    with past_the_vip(editor, editor.masters[0]):
        yield


@contextmanager
def past_the_vip(editor: ClusterEditor, master: Machine) -> Iterator[None]:
    """Point the user's kubeconfig at that control plane's API server."""
    path = editor.lab.kubeconfig
    good = path.read_text()
    try:
        path.write_text(good.replace(editor.lab.endpoint, f"{master.address}:6443"))
        yield
    finally:
        path.write_text(good)


@contextmanager
def kubeconfig(editor: ClusterEditor, machine: Machine, name: str, server: str) -> Iterator[None]:
    """Point that kubeconfig of the machine at another server."""
    with edited(
        editor, [machine], f"{KUBERNETES}/{name}", f"s|server: .*|server: https://{server}|"
    ):
        yield


@contextmanager
def administrators_kubeconfig(editor: ClusterEditor) -> Iterator[None]:
    with kubeconfig(editor, editor.last, "admin.conf", f"{editor.last.address}:6443"):
        yield


@contextmanager
def workers_kubelet(editor: ClusterEditor) -> Iterator[None]:
    with kubeconfig(editor, editor.worker, "kubelet.conf", f"{editor.masters[0].address}:6443"):
        yield


@contextmanager
def masters_kubelet(editor: ClusterEditor) -> Iterator[None]:
    with kubeconfig(editor, editor.last, "kubelet.conf", f"{editor.masters[0].address}:6443"):
        yield


@contextmanager
def scheduler(editor: ClusterEditor) -> Iterator[None]:
    with kubeconfig(editor, editor.last, "scheduler.conf", editor.lab.endpoint):
        yield


@contextmanager
def cluster_info(editor: ClusterEditor) -> Iterator[None]:
    good = editor.api.get(CLUSTER_INFO)["data"]["kubeconfig"]
    bad = good.replace(editor.lab.endpoint, f"{editor.masters[0].address}:6443")
    change, back = ({"data": {"kubeconfig": text}} for text in (bad, good))
    with patched(editor, CLUSTER_INFO, change, back):
        yield


def _strike(editor: ClusterEditor) -> str:
    """Return the sed expression that removes the VIP from a certificate's names."""
    return f"s/, IP:{editor.lab.vip}|IP:{editor.lab.vip}, //"


def _until_served(editor: ClusterEditor, machines: Sequence[Machine]) -> None:
    """Wait until the API servers have read their certificates again."""

    def look(machine: Machine) -> bool:
        said = editor.on(machine, f"set -- {machine.address}:6443", SERVED)
        return len(set(said.splitlines())) == 1

    for machine in machines:
        editor.until(f"{machine.name}'s certificate", partial(look, machine))


MUTATIONS = (
    Mutation(
        "certificate-without-vip",
        of(FILE, "test_certificate_of_the_api_server_holds_the_vip"),
        promise="Every API server's certificate is valid for the VIP and for its own address.",
        done="The last control plane's certificate was issued without the VIP. HAProxy uses that "
        "API server only when no other is left, so no client has noticed.",
        doing=without_vip,
    ),
    Mutation(
        "certificate-ends",
        of(FILE, "test_certificate_of_the_api_server_is_good_for_two_more_weeks"),
        promise="Every API server's certificate is valid for two more weeks.",
        done="One control plane's certificate expires in a week: it was not renewed for a year.",
        doing=ends_soon,
    ),
    Mutation(
        "users-kubeconfig",
        of(FILE, "test_users_kubeconfig_points_at_the_vip"),
        promise="The user's kubeconfig points at the VIP.",
        done="The user's kubeconfig points at the first control plane's API server.",
        doing=users_kubeconfig,
    ),
    Mutation(
        "administrators-kubeconfig",
        of(FILE, "test_administrators_kubeconfig_points_at_the_vip"),
        promise="admin.conf of every control plane points at the VIP.",
        done="admin.conf of one control plane points at that machine's own API server.",
        doing=administrators_kubeconfig,
    ),
    Mutation(
        "workers-kubelet",
        of(FILE, "test_workers_kubelet_points_at_the_vip"),
        promise="A worker's kubelet points at the VIP, so it does not depend on any single "
        "control plane.",
        done="One worker's kubelet points at the first control plane, as if the worker had "
        "joined through it.",
        doing=workers_kubelet,
    ),
    Mutation(
        "masters-kubelet",
        of(FILE, "test_control_planes_kubelet_points_at_the_vip_or_its_own_machine"),
        promise="A control plane's kubelet points at the VIP or at its own API server.",
        done="The last control plane's kubelet points at the first control plane.",
        doing=masters_kubelet,
    ),
    Mutation(
        "scheduler-kubeconfig",
        of(FILE, "test_control_plane_program_points_at_its_own_machine"),
        promise="Scheduler and controller manager use the API server on their own machine.",
        done="One control plane's scheduler.conf points at the VIP.",
        doing=scheduler,
    ),
    Mutation(
        "cluster-info",
        of(FILE, "test_kubeconfig_in_the_cluster_points_at_the_vip"),
        promise="The kubeconfigs in the cluster, for kube-proxy and for joining, have the VIP.",
        done="cluster-info has the first control plane's address: new machines would join it.",
        doing=cluster_info,
    ),
)
