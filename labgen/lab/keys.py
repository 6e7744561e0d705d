"""A lab's secrets: SSH keys, host keys, kubeadm's token and certificate key. All 0600."""

import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from labgen.lab.lab import Lab, Machine
from labgen.report.errors import LabgenError
from labgen.system import files
from labgen.system.run import run

SCAN = 10.0  # seconds for a machine to tell its host key
TOKEN_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class JoinSecrets:
    """token as [a-z0-9]{6}.[a-z0-9]{16}, certificate_key 32 bytes in hex (kubeadm's formats)."""

    token: str
    certificate_key: str

    @property
    def token_id(self) -> str:
        """The token's public half."""
        return self.token.partition(".")[0]


def ensure(lab: Lab) -> None:
    """Make what is missing of the lab's keys; what is there stays."""
    _ssh_key(client_key(lab), f"labgen-{lab.name}")
    for machine in lab.machines:
        identity = files.private_directory(machine_identity(lab, machine))
        _ssh_key(identity / "ssh_host_ed25519_key", machine.name)
        files.write(identity / "authorized_keys", _public(client_key(lab)), mode=files.PRIVATE)
    known = [
        f"{machine.address} {_public(machine_identity(lab, machine) / 'ssh_host_ed25519_key')}"
        for machine in lab.machines
    ]
    files.write(known_hosts(lab), "".join(known))


def ensure_client(lab: Lab) -> None:
    """The lab's own SSH key, for machines that make their host keys themselves."""
    files.private_directory(lab.keys)
    _ssh_key(client_key(lab), f"labgen-{lab.name}")
    if not known_hosts(lab).exists():
        files.write(known_hosts(lab), "")


def forget_hosts(lab: Lab, machines: Sequence[Machine]) -> None:
    """Machines that are made anew will have other host keys."""
    gone = {str(machine.address) for machine in machines}
    kept = {address: line for address, line in _known(lab).items() if address not in gone}
    files.write(known_hosts(lab), "".join(kept.values()))


def learn_hosts(lab: Lab) -> None:
    """Ask the machines whose host keys are not known for them, and hold them to those from now on.

    Those behind a jump are asked by its host, which must have ssh-keyscan.

    Raises LabgenError with the machines that told none.
    """
    known = _known(lab)
    asked = [machine for machine in lab.machines if str(machine.address) not in known]
    if not asked:
        return
    timeout = SCAN * lab.slowdown
    words = ["ssh-keyscan", "-T", f"{timeout:.0f}", "-t", "ed25519"]
    ask = lab.jump.run if lab.jump else run
    addresses = [str(machine.address) for machine in asked]
    told = ask([*words, *addresses], timeout=2 * timeout, check=False).stdout
    known |= _by_address(told)
    silent = [machine.name for machine in asked if str(machine.address) not in known]
    if silent:
        raise LabgenError(f"no SSH host key came from {', '.join(silent)}")
    files.write(known_hosts(lab), "".join(known.values()))


def join_secrets(lab: Lab) -> JoinSecrets:
    """The lab's token and certificate key, made on the first call."""
    path = lab.keys / "join.json"
    if not path.exists():
        made = JoinSecrets(f"{_letters(6)}.{_letters(16)}", secrets.token_hex(32))
        files.write(path, json.dumps(asdict(made)), mode=files.PRIVATE)
    return JoinSecrets(**json.loads(path.read_text()))


def client_key(lab: Lab) -> Path:
    return lab.keys / "id_ed25519"


def known_hosts(lab: Lab) -> Path:
    return lab.keys / "known_hosts"


def machine_identity(lab: Lab, machine: Machine) -> Path:
    """The directory with the machine's host key and the keys that may log in to it."""
    return lab.keys / machine.name


def _known(lab: Lab) -> dict[str, str]:
    return _by_address(known_hosts(lab).read_text())


def _by_address(lines: str) -> dict[str, str]:
    """Address -> line of known_hosts, sshd(8), without comments."""
    found = (line for line in lines.splitlines(keepends=True) if not line.startswith("#"))
    return {line.partition(" ")[0]: line for line in found}


def _ssh_key(path: Path, comment: str) -> None:
    if path.exists() and path.with_suffix(".pub").exists():
        return
    path.unlink(missing_ok=True)
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
    run(words, timeout=30)


def _public(path: Path) -> str:
    return path.with_suffix(".pub").read_text()


def _letters(count: int) -> str:
    return "".join(secrets.choice(TOKEN_LETTERS) for _ in range(count))
