"""host: two kinds of hosts, distinguished by files in their proc and sys."""

import resource
from pathlib import Path

import pytest

from labgen.system import host
from labgen.system.host import MANY_FILES, MANY_PROCESSES, MachineProfile

ALL_CAPABILITIES = "000001ffffffffff"
WITHOUT_SYS_RESOURCE = "000001fffeffffff"
BRIDGE_CHECK = "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables"


def _root(tmp_path: Path, *, capabilities: str, cgroup: str, bridge: bool, modules: bool) -> Path:
    """Return a file system with the files that probe() reads; cgroup is the file that shows the
    version."""
    contents = {
        "proc/self/status": f"Name:\tx\nCapEff:\t{capabilities}\nCapBnd:\t{ALL_CAPABILITIES}\n",
        "proc/sys/kernel/osrelease": "6.12.3-amd64\n",
        "proc/sys/kernel/pid_max": "32768\n",
        f"sys/fs/cgroup/{cgroup}": "cpu memory\n",
    }
    if bridge:
        contents["proc/sys/net/bridge/bridge-nf-call-iptables"] = "1\n"
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    if modules:
        (tmp_path / "lib/modules/6.12.3-amd64").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set hard limits of 20000 open files, and processes without a limit."""
    hard = {resource.RLIMIT_NOFILE: 20000, resource.RLIMIT_NPROC: resource.RLIM_INFINITY}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (1024, hard[kind]))


@pytest.fixture
def usual(tmp_path: Path, limits: None) -> Path:
    """Return cgroup v2 and all capabilities."""
    return _root(
        tmp_path,
        capabilities=ALL_CAPABILITIES,
        cgroup="cgroup.controllers",
        bridge=True,
        modules=True,
    )


@pytest.fixture
def confined(tmp_path: Path, limits: None) -> Path:
    """Return cgroup v1 or hybrid (its v2 part is one directory deeper), without
    CAP_SYS_RESOURCE."""
    return _root(
        tmp_path,
        capabilities=WITHOUT_SYS_RESOURCE,
        cgroup="unified/cgroup.controllers",
        bridge=False,
        modules=False,
    )


def test_facts_of_a_usual_host(usual: Path) -> None:
    facts = host.probe(usual)
    assert (facts.cgroup_v2, facts.may_raise_limits, facts.bridge_netfilter) == (True, True, True)
    assert facts.kernel == (6, 12)
    assert facts.kernel_modules == usual / "lib/modules"


def test_facts_of_a_confined_host(confined: Path) -> None:
    facts = host.probe(confined)
    assert (facts.cgroup_v2, facts.may_raise_limits, facts.bridge_netfilter) == (False,) * 3
    assert (facts.open_files_limit, facts.processes_limit) == (20000, 32768)
    assert facts.kernel_modules is None


def test_modules_of_other_kernels_are_not_mounted(usual: Path) -> None:
    (usual / "lib/modules/6.12.3-amd64").rename(usual / "lib/modules/6.1.0-amd64")
    assert host.adapt(host.probe(usual)).mounts == ()


def test_free_memory_is_told_in_mib(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 16000000 kB\nMemAvailable:    8388608 kB\n")
    assert host.memory_free(tmp_path) == 8192


def test_machines_on_a_usual_host_differ_only_in_what_containers_share(usual: Path) -> None:
    assert host.adapt(host.probe(usual)) == MachineProfile(
        restrict_oom_score=False,
        cgroup_driver="systemd",
        fail_cgroup_v1=True,
        fail_swap_on=False,
        ignored_preflight=("Swap", "NumCPU", "Mem", "SystemVerification", "FileExisting-crictl"),
        shared_kernel=True,
        systemd_mode=("--systemd=always",),
        open_files=MANY_FILES,
        processes=MANY_PROCESSES,
        mounts=((usual / "lib/modules", "/lib/modules", "ro"),),
    )


def test_machines_on_a_confined_host_stay_within_its_limits(confined: Path) -> None:
    machine_profile = host.adapt(host.probe(confined))
    assert machine_profile.restrict_oom_score
    assert not machine_profile.fail_cgroup_v1
    assert machine_profile.cgroup_driver == "cgroupfs"
    assert BRIDGE_CHECK in machine_profile.ignored_preflight
    assert (machine_profile.open_files, machine_profile.processes) == (20000, 32768)
    assert machine_profile.mounts == ()


def test_machines_do_not_share_the_hosts_systemd_hierarchy_on_cgroup_v1(confined: Path) -> None:
    mode = host.adapt(host.probe(confined)).systemd_mode
    assert "--systemd=false" in mode
    assert "container=podman" in mode  # else systemd does not know that it is in a container


def test_this_host_can_be_probed() -> None:
    assert host.adapt(host.probe()).shared_kernel
