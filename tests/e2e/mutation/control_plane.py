"""Programs of the control plane that are missing on a machine, or differ from the scenario."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from acceptance.framework.workloads.workload import ready
from labgen.lab.lab import Machine
from tests.e2e.mutation.cluster_editor import KEPT, ClusterEditor, edited, firewall
from tests.e2e.mutation.load_balancer import CONFIG, RELOAD, backups, until_all_up
from tests.e2e.mutation.mutation import Mutation, of
from tests.e2e.mutation.nodes import older

FILE = "test_control_plane.py"
MANIFESTS = "/etc/kubernetes/manifests"
SCHEDULER_PORT = 10259
SYSTEM_PODS = "/api/v1/namespaces/kube-system/pods"
ADD_ON = "add-on"


@contextmanager
def unprobed_scheduler(editor: ClusterEditor) -> Iterator[None]:
    name = f"kube-scheduler-{editor.last.name}"

    def is_ready() -> bool:
        return ready(editor.api.get(f"{SYSTEM_PODS}/{name}"))

    rule = f"tcp dport {SCHEDULER_PORT} reject with tcp reset"
    with firewall(editor, [editor.last], "input", rule):
        editor.until(f"{name} not being ready", lambda: not is_ready())
        yield
    editor.until(f"{name} being ready", is_ready)


@contextmanager
def other_image(editor: ClusterEditor) -> Iterator[None]:
    """Give the image a second name, so that nothing but the version differs."""
    machine, version = editor.last, editor.lab.scenario.kubernetes.version
    tag = "ctr --namespace k8s.io images tag --force"
    name = "$(ctr --namespace k8s.io images list --quiet | grep '/kube-scheduler:v')"
    editor.on(machine, f"name={name}", f"{tag} $name ${{name%:*}}:{older(version)}")
    manifest = f"{MANIFESTS}/kube-scheduler.yaml"
    try:
        with edited(
            editor, [machine], manifest, rf"s/(kube-scheduler):{version}/\1:{older(version)}/"
        ):
            _until_runs(editor, "kube-scheduler", machine, f":{older(version)}")
            yield
    finally:
        _until_runs(editor, "kube-scheduler", machine, f":{version}")
        there = f"$(ctr --namespace k8s.io images list --quiet | grep 'scheduler:{older(version)}')"
        editor.on(machine, f"ctr --namespace k8s.io images remove {there}")


@contextmanager
def other_api_server(editor: ClusterEditor) -> Iterator[None]:
    """Have the first control plane's API server report another version, and lead clients of the VIP
    to it."""
    machine, version = editor.masters[0], editor.lab.scenario.kubernetes.version
    process = "/proc/$(pgrep --exact kube-apiserver)/exe"
    program = editor.on(machine, f"readlink {process}").strip()
    there = f"{KEPT}/kube-apiserver"
    editor.on(
        machine,
        f"mkdir -p {KEPT}",
        f"sed 's/{version}/{older(version)}/g' {process} >{there}; chmod 755 {there}",
    )
    mount = f"    - mountPath: {program}\\n      name: labgen-mutation\\n      readOnly: true"
    volume = f"  - hostPath:\\n      path: {there}\\n      type: File\\n    name: labgen-mutation"
    changes = (f"s|^    volumeMounts:$|&\\n{mount}|", f"s|^  volumes:$|&\\n{volume}|")
    others = backups(editor, editor.masters[1:])
    try:
        with ExitStack() as stack:
            stack.enter_context(edited(editor, editor.masters, CONFIG, *others, then=RELOAD))
            manifest = f"{MANIFESTS}/kube-apiserver.yaml"
            stack.enter_context(edited(editor, [machine], manifest, *changes))
            editor.until("the other version", lambda: _version(editor) == older(version))
            _until_runs(editor, "kube-apiserver", machine, f":{version}")
            until_all_up(editor)
            yield
    finally:
        editor.until("the first version", lambda: _version(editor) == version)
        _until_runs(editor, "kube-apiserver", machine, f":{version}")
        until_all_up(editor)


@contextmanager
def broken_add_on(editor: ClusterEditor) -> Iterator[None]:
    container = {"name": ADD_ON, "image": "labgen.test/add-on:1", "imagePullPolicy": "Never"}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": ADD_ON}, "spec": spec}
    try:
        editor.api.send("POST", SYSTEM_PODS, manifest)
        yield
    finally:
        editor.remove(f"{SYSTEM_PODS}/{ADD_ON}")


def _until_runs(editor: ClusterEditor, program: str, machine: Machine, image: str) -> None:
    """Wait until the static pod's image ends with image and the kubelet reports it ready."""
    path = f"{SYSTEM_PODS}/{program}-{machine.name}"

    def look() -> bool:
        pod: dict[str, Any] = editor.api.get(path)
        return pod["spec"]["containers"][0]["image"].endswith(image) and ready(pod)

    editor.until(f"{program} on {machine.name} with {image}", look)


def _version(editor: ClusterEditor) -> str:
    return str(editor.api.get("/version")["gitVersion"])


MUTATIONS = (
    Mutation(
        "unprobed-scheduler",
        of(FILE, "test_control_plane_pod_is_ready"),
        promise="The four programs of the control plane run on every control plane and are ready.",
        done="On one control plane a firewall refuses the kubelet's probes of the scheduler.",
        doing=unprobed_scheduler,
    ),
    Mutation(
        "other-image",
        of(FILE, "test_control_plane_pod_has_the_version_of_the_scenario"),
        promise="The programs of the control plane have the scenario's version.",
        done="On one control plane the scheduler's manifest has another version, as after half "
        "an upgrade.",
        doing=other_image,
        slow=True,
    ),
    Mutation(
        "other-api-server",
        of(FILE, "test_api_behind_the_vip_has_the_version_of_the_scenario"),
        promise="The API that clients reach at the VIP has the scenario's version.",
        done="The API server's image has the right name but contains another release.",
        doing=other_api_server,
        slow=True,
    ),
    Mutation(
        "broken-add-on",
        of(FILE, "test_all_other_pods_of_the_system_are_ready"),
        promise="All other pods in the system's namespaces are ready.",
        done="An add-on in kube-system has an image that no machine has.",
        doing=broken_add_on,
    ),
)
