"""podman: how machines are started, found and removed."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from labgen.errors import HostUnfit
from labgen.system import podman
from labgen.system.host import MachineProfile
from tests.unit.system.stubs import Stub, stub

LISTED = [
    {"Names": ["labgen-x-master1"], "State": "running", "Labels": {"labgen.directory": "/x"}},
    {"Names": ["unlabelled"], "State": "exited", "Labels": None},
]
PROFILE = MachineProfile(
    restrict_oom_score=True,
    cgroup_driver="cgroupfs",
    fail_cgroup_v1=False,
    fail_swap_on=False,
    ignored_preflight=(),
    shared_kernel=True,
    systemd_mode=("--systemd=always",),
    open_files=20000,
    processes=30000,
    mounts=((Path("/lib/modules"), "/lib/modules", "ro"),),
)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    body = f"case $* in *' ps '*) echo '{json.dumps(LISTED)}' ;; esac"
    return stub(monkeypatch, tmp_path, "podman", body)


def test_a_machine_is_systemd_with_its_volumes_network_limits_and_labels(program: Stub) -> None:
    podman.run_machine(
        "localhost/machine:1",
        name="labgen-x-master1",
        hostname="master1",
        network="ns:/run/netns/x",
        profile=PROFILE,
        volumes=[(Path("/disks/etcd"), "/var/lib/etcd", "rw")],
        labels={"labgen.lab": "x"},
    )
    (words,) = program.calls
    assert words[:3] == ["--runtime", "runc", "run"]
    assert words[-2:] == ["localhost/machine:1", "/sbin/init"]
    options = words[3:-2]
    assert {"--detach", "--privileged", "--systemd=always", "--cgroupns=private"} <= set(options)
    assert {"--no-hosts", "--dns=none", "--pids-limit=-1"} <= set(options)
    assert _values(options, "--name") == ["labgen-x-master1"]
    assert _values(options, "--hostname") == ["master1"]
    assert _values(options, "--network") == ["ns:/run/netns/x"]
    assert _values(options, "--ulimit") == ["nofile=20000:20000", "nproc=30000:30000"]
    assert _values(options, "--tmpfs") == ["/run", "/tmp"]  # noqa: S108 - inside the machine
    assert _values(options, "--volume") == [
        "/lib/modules:/lib/modules:ro",
        "/disks/etcd:/var/lib/etcd:rw",
    ]
    assert _values(options, "--label") == ["labgen.lab=x"]


def test_containers_are_found_by_label_in_every_state(program: Stub) -> None:
    found = podman.containers("labgen.directory=/x")
    assert [(c.name, c.state, dict(c.labels)) for c in found] == [
        ("labgen-x-master1", "running", {"labgen.directory": "/x"}),
        ("unlabelled", "exited", {}),
    ]
    words = program.calls[0][2:]
    assert words[:2] == ["ps", "--all"]
    assert _values(words, "--filter") == ["label=labgen.directory=/x"]


def test_removing_does_not_wait_and_does_not_mind_absent_ones(program: Stub) -> None:
    podman.remove(["a", "b"])
    words = program.calls[0][2:]
    assert words[0] == "rm"
    assert {"--force", "--ignore"} <= set(words)
    assert _values(words, "--time") == ["0"]
    assert words[-2:] == ["a", "b"]


def test_removing_nothing_calls_nothing(program: Stub) -> None:
    podman.remove([])
    assert program.calls == []


def _values(words: list[str], option: str) -> list[str]:
    return [value for word, value in pairwise(words) if word == option]


@pytest.mark.parametrize(
    ("told", "group"),
    [
        ("/libpod_parent/libpod-0a1b", "/libpod_parent/libpod-0a1b"),
        ("/libpod_parent/libpod-0a1b/init.scope", "/libpod_parent/libpod-0a1b"),
        ("/machine.slice/libpod-0a1b.scope/init.scope", "/machine.slice/libpod-0a1b.scope"),
        ("", ""),
    ],
)
def test_a_container_is_known_by_its_whole_control_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, group: str
) -> None:
    stub(monkeypatch, tmp_path, "podman", f"printf '0a1b\n1a\nmade:1a\n/overlay/x/diff\n{told}\n'")
    assert podman.inspect("x") == podman.Parts(group, Path("/overlay/x/diff"), "1a", "made:1a")


def test_a_storage_driver_without_overlays_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, tmp_path, "podman", "printf '0a1b\n1a\nmade:1a\n<no value>\n/libpod-0a1b\n'")
    with pytest.raises(HostUnfit, match="does not keep apart what x changed"):
        podman.inspect("x")
