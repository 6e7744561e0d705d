"""Start, find and remove system containers with podman.

runc is always used, because crun refuses hosts with cgroup v1.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.errors import HostUnfit
from labgen.system.host import MachineProfile
from labgen.system.process import Completed, run

START_TIMEOUT = 120.0


def podman(*words: str | Path, timeout: float = 60, check: bool = True) -> Completed:
    """Run one podman command; see run() for errors."""
    return run(["podman", "--runtime", "runc", *words], timeout=timeout, check=check)


def run_machine(
    image: str,
    *,
    name: str,
    hostname: str,
    network: str,
    profile: MachineProfile,
    volumes: Sequence[tuple[Path, str, str]] = (),
    cpu_shares: int = 1024,
    labels: Mapping[str, str] | None = None,
    start: bool = True,
) -> None:
    """Create a system container: systemd as process 1, privileged, in its own cgroup namespace.

    network is podman's --network (none, or ns:PATH); volumes are (host path, machine path,
    options). cpu_shares is its weight when all cores are busy (1024 is podman's default). Its
    /etc/hosts and /etc/resolv.conf come from the image. It runs then, unless start is False.
    """
    words: list[str | Path] = [
        *(("run", "--detach") if start else ("create",)),
        "--name",
        name,
        "--hostname",
        hostname,
    ]
    words += [
        "--privileged",
        "--cgroupns=private",
        "--pids-limit=-1",
        *profile.systemd_mode,
    ]
    words += ["--cpu-shares", str(cpu_shares)]
    words += ["--network", network, "--no-hosts", "--dns=none", "--http-proxy=false"]
    words += ["--ulimit", f"nofile={profile.open_files}:{profile.open_files}"]
    words += ["--ulimit", f"nproc={profile.processes}:{profile.processes}"]
    words += ["--tmpfs", "/run", "--tmpfs", "/tmp"]  # noqa: S108 - inside the machine
    for source, target, options in (*profile.mounts, *volumes):
        words += ["--volume", f"{source}:{target}:{options}"]
    for key, value in (labels or {}).items():
        words += ["--label", f"{key}={value}"]
    podman(*words, image, "/sbin/init", timeout=START_TIMEOUT)


@dataclass(frozen=True)
class Container:
    """A container as podman lists it; state is podman's term: running, exited, paused, ..."""

    name: str
    state: str
    labels: Mapping[str, str]
    process: int = 0  # its process 1, as this host numbers it; 0 if it does not run

    @property
    def known(self) -> bool:
        """Return whether podman has more of it than a name in its storage, as after a kill."""
        return self.state.lower() not in ("storage", "unknown")


def containers(label: str) -> list[Container]:
    """Return all containers, running or not, with that label (KEY or KEY=VALUE)."""
    return _listed("--filter", f"label={label}")


def named(name: str) -> list[Container]:
    """Return the container of that name, also one of which only the storage is left; empty if there
    is none."""
    return [it for it in _listed("--external") if it.name == name]


def _listed(*words: str) -> list[Container]:
    listed = podman("ps", "--all", *words, "--format", "json").stdout
    return [
        Container(
            name=entry["Names"][0],
            state=entry["State"],
            labels=entry["Labels"] or {},
            process=entry.get("Pid", 0),
        )
        for entry in json.loads(listed or "[]")
        if entry["Names"]
    ]


@dataclass(frozen=True)
class Parts:
    """What belongs to a container outside of podman's store of names."""

    control_group: str  # from the root of the hierarchy; empty while it does not run
    upper: Path  # what the container changed in its root file system (overlayfs)
    image: str  # the ID of its image, which the rest of its root file system is
    image_name: str = ""  # by which it was created


def inspect(name: str) -> Parts:
    """Return the parts of a container.

    Raises CommandFailed if it does not exist, HostUnfit if podman does not use overlayfs.
    """
    wanted = ("Id", "Image", "ImageName", "GraphDriver.Data.UpperDir", "State.CgroupPath")
    words = ["--format", "\n".join(f"{{{{.{it}}}}}" for it in wanted)]
    told = podman("inspect", *words, name).stdout.splitlines()
    full_id, image, image_name, upper, group = told[: len(wanted)]
    if not upper.startswith("/"):  # "<no value>"
        raise HostUnfit(
            f"podman does not keep apart what {name} changed in its root file system",
            hint="podman's storage driver has to be overlay; to see it: podman info",
        )
    return Parts(_whole_group(group, full_id), Path(upper), image, image_name)


def _whole_group(group: str, full_id: str) -> str:
    """Return the container's own group. podman names the one of its process 1, and with cgroup v2
    systemd is in a group of its own below (init.scope)."""
    above, found, below = group.partition(full_id)
    return above + found + below.partition("/")[0]


def clean_up(name: str) -> None:
    """Unmount the root file system of a container that does not run, which podman otherwise does
    some time after its end. A mount of the user's own (podman mount) stays."""
    podman("container", "cleanup", name)


def mounts(name: str) -> dict[str, Path]:
    """Return what of this host a container mounts, by the place in the container. Raises
    CommandFailed if it does not exist."""
    listed = podman("inspect", "--format", "{{json .Mounts}}", name).stdout
    return {
        entry["Destination"]: Path(entry["Source"])
        for entry in json.loads(listed or "null") or ()
        if entry.get("Type") == "bind"
    }


def remove(names: Sequence[str]) -> None:
    """Remove containers concurrently, running or not; names that do not exist are ignored."""
    if names:
        podman("rm", "--force", "--time", "0", "--ignore", *names, timeout=START_TIMEOUT)
