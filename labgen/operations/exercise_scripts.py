"""Run an exercise's scripts on a lab's machines: break.sh and solve.sh."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from labgen.cluster.etcd import ETCD_PKI
from labgen.exercises import targets
from labgen.exercises.model import SENT, Exercise
from labgen.lab.lab import Lab, Machine
from labgen.machine import access
from labgen.machine.push import Script, push
from labgen.machine.ssh import Ssh
from labgen.render.files import File
from labgen.scenario.model import Role
from labgen.system.parallel import gather

TIMEOUT = 300.0  # seconds, multiplied by the lab's slowdown; the slowest replaces etcd's members
ENTRY = "labgen-exercise.sh"
PREVIOUS = "previous"
# So that kubectl and etcdctl work without options on control planes.
CLIENTS = {
    "KUBECONFIG": "/etc/kubernetes/admin.conf",
    "ETCDCTL_CACERT": f"{ETCD_PKI}/ca.crt",
    "ETCDCTL_CERT": f"{ETCD_PKI}/healthcheck-client.crt",
    "ETCDCTL_KEY": f"{ETCD_PKI}/healthcheck-client.key",
    "ETCDCTL_ENDPOINTS": "https://127.0.0.1:2379",
}


def run(lab: Lab, exercise: Exercise, script: str, groups: Sequence[str], target: str) -> None:
    """Run the script as root on the machines of each group, one group after the other.

    It can read what it printed on the first machine of the group before. Its output may have
    secrets, so it is kept nowhere. Raises ScriptFailed with the last lines.
    """
    ssh, previous = access.ssh(lab), ""
    for step, group in enumerate(groups, 1):
        facts = partial(targets.facts, lab, target=target, step=step)
        machines = targets.GROUPS[group](lab, target)
        scripts = {m.name: _script(exercise, script, m, facts(m), previous) for m in machines}
        said = gather({m.name: partial(_on, lab, ssh, m, scripts[m.name]) for m in machines})
        previous = said[machines[0].name] if machines else ""


def _on(lab: Lab, ssh: Ssh, machine: Machine, script: Script) -> str:
    asked = replace(script, hint=f"to inspect: labgen ssh {lab.name} {machine.name}")
    return push(lab, ssh, machine, asked).stdout


def _script(
    exercise: Exercise, name: str, machine: Machine, facts: dict[str, str], previous: str
) -> Script:
    """Return the exercise's script of that name with what it reads, for that machine."""
    if machine.role is Role.CONTROL_PLANE:
        facts = {**facts, **CLIENTS}
    sent = {
        ENTRY: File(_entry(facts, name), 0o700),
        name: File((exercise.directory / name).read_text(), 0o700),
        PREVIOUS: File(previous, 0o600),
    }
    for path in sorted((exercise.directory / SENT).rglob("*")):
        if path.is_file():
            place = str(path.relative_to(exercise.directory))
            sent[place] = File(path.read_text(), path.stat().st_mode & 0o777)
    return Script(
        name=f"{name} of exercise {exercise.name}",
        entry=ENTRY,
        arguments=(),
        timeout=TIMEOUT,
        files=sent,
    )


def _entry(facts: dict[str, str], script: str) -> str:
    """Return the shell script that sets the variables and runs the exercise's script."""
    lines = [f"export {key}={shlex.quote(value)}" for key, value in facts.items()]
    lines += ['cd "${BASH_SOURCE[0]%/*}"', f'export PREVIOUS="$PWD/{PREVIOUS}" LC_ALL=C']
    lines += ["export PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin"]
    return "\n".join([*lines, f"exec bash -euo pipefail {script}", ""])
