"""A control plane that does not stand on every master, or not as the scenario has it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Machine
from tests.e2e.mutation.cluster_editor import KEPT, Hands, edited, firewall
from tests.e2e.mutation.load_balancer import CONFIG, RELOAD, backups, until_all_up
from tests.e2e.mutation.mutation import Sabotage, of
from tests.e2e.mutation.nodes import older

FILE = "test_control_plane.py"
MANIFESTS = "/etc/kubernetes/manifests"
SCHEDULER_PORT = 10259
SYSTEM_PODS = "/api/v1/namespaces/kube-system/pods"
ADD_ON = "add-on"


@contextmanager
def unprobed_scheduler(hands: Hands) -> Iterator[None]:
    name = f"kube-scheduler-{hands.last.name}"

    def is_ready() -> bool:
        return ready(hands.api.get(f"{SYSTEM_PODS}/{name}"))

    rule = f"tcp dport {SCHEDULER_PORT} reject with tcp reset"
    with firewall(hands, [hands.last], "input", rule):
        hands.until(f"{name} not being ready", lambda: not is_ready())
        yield
    hands.until(f"{name} being ready", is_ready)


@contextmanager
def other_image(hands: Hands) -> Iterator[None]:
    """The image has a second name, so that the pod is well but for the version."""
    machine, version = hands.last, hands.lab.scenario.kubernetes.version
    tag = "ctr --namespace k8s.io images tag --force"
    name = "$(ctr --namespace k8s.io images list --quiet | grep '/kube-scheduler:v')"
    hands.on(machine, f"name={name}", f"{tag} $name ${{name%:*}}:{older(version)}")
    manifest = f"{MANIFESTS}/kube-scheduler.yaml"
    try:
        with edited(
            hands, [machine], manifest, rf"s/(kube-scheduler):{version}/\1:{older(version)}/"
        ):
            _until_runs(hands, "kube-scheduler", machine, f":{older(version)}")
            yield
    finally:
        _until_runs(hands, "kube-scheduler", machine, f":{version}")
        there = f"$(ctr --namespace k8s.io images list --quiet | grep 'scheduler:{older(version)}')"
        hands.on(machine, f"ctr --namespace k8s.io images remove {there}")


@contextmanager
def other_api_server(hands: Hands) -> Iterator[None]:
    """The first master's says it is of another release, and clients of the VIP get that one."""
    machine, version = hands.masters[0], hands.lab.scenario.kubernetes.version
    process = "/proc/$(pgrep --exact kube-apiserver)/exe"
    program = hands.on(machine, f"readlink {process}").strip()
    there = f"{KEPT}/kube-apiserver"
    hands.on(
        machine,
        f"mkdir -p {KEPT}",
        f"sed 's/{version}/{older(version)}/g' {process} >{there}; chmod 755 {there}",
    )
    mount = f"    - mountPath: {program}\\n      name: labgen-teeth\\n      readOnly: true"
    volume = f"  - hostPath:\\n      path: {there}\\n      type: File\\n    name: labgen-teeth"
    changes = (f"s|^    volumeMounts:$|&\\n{mount}|", f"s|^  volumes:$|&\\n{volume}|")
    others = backups(hands, hands.masters[1:])
    try:
        with ExitStack() as stack:
            stack.enter_context(edited(hands, hands.masters, CONFIG, *others, then=RELOAD))
            manifest = f"{MANIFESTS}/kube-apiserver.yaml"
            stack.enter_context(edited(hands, [machine], manifest, *changes))
            hands.until("the other version", lambda: _version(hands) == older(version))
            _until_runs(hands, "kube-apiserver", machine, f":{version}")
            until_all_up(hands)
            yield
    finally:
        hands.until("the first version", lambda: _version(hands) == version)
        _until_runs(hands, "kube-apiserver", machine, f":{version}")
        until_all_up(hands)


@contextmanager
def broken_add_on(hands: Hands) -> Iterator[None]:
    container = {"name": ADD_ON, "image": "labgen.test/add-on:1", "imagePullPolicy": "Never"}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": ADD_ON}, "spec": spec}
    try:
        hands.api.send("POST", SYSTEM_PODS, manifest)
        yield
    finally:
        hands.remove(f"{SYSTEM_PODS}/{ADD_ON}")


def _until_runs(hands: Hands, program: str, machine: Machine, image: str) -> None:
    """Wait until the static pod's image ends so and the kubelet says that it is ready."""
    path = f"{SYSTEM_PODS}/{program}-{machine.name}"

    def look() -> bool:
        pod: dict[str, Any] = hands.api.get(path)
        return pod["spec"]["containers"][0]["image"].endswith(image) and ready(pod)

    hands.until(f"{program} on {machine.name} with {image}", look)


def _version(hands: Hands) -> str:
    return str(hands.api.get("/version")["gitVersion"])


SABOTAGES = (
    Sabotage(
        "unprobed-scheduler",
        of(FILE, "test_control_plane_pod_is_ready"),
        promise="The four programs of the control plane run on every master and are ready.",
        done="On one master a firewall refuses the kubelet's probes of the scheduler.",
        doing=unprobed_scheduler,
    ),
    Sabotage(
        "other-image",
        of(FILE, "test_control_plane_pod_has_the_version_of_the_scenario"),
        promise="The programs of the control plane are of the scenario's version.",
        done="On one master the scheduler's manifest has another version: half an upgrade.",
        doing=other_image,
        slow=True,
    ),
    Sabotage(
        "other-api-server",
        of(FILE, "test_api_behind_the_vip_has_the_version_of_the_scenario"),
        promise="The API that clients reach at the VIP is of the scenario's version.",
        done="Behind an image's right name is an API server of another release.",
        doing=other_api_server,
        slow=True,
    ),
    Sabotage(
        "broken-add-on",
        of(FILE, "test_all_other_pods_of_the_system_are_ready"),
        promise="Whatever else runs in the system's namespaces is ready.",
        done="An add-on in kube-system has an image that no machine has.",
        doing=broken_add_on,
    ),
)
