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


def learn(lab: Lab, machines: Sequence[Machine]) -> None:
    """Ask machines on the network for their host keys, and hold them to those from now on.

    Raises LabgenError with the machines that told none.
    """
    addresses = [str(machine.address) for machine in machines]
    timeout = SCAN * lab.slowdown
    words = ["ssh-keyscan", "-q", "-T", f"{timeout:.0f}", "-t", "ed25519", *addresses]
    told = run(words, timeout=2 * timeout, check=False).stdout.splitlines()
    by_address = {line.partition(" ")[0]: line for line in told}
    silent = [machine.name for machine in machines if str(machine.address) not in by_address]
    if silent:
        raise LabgenError(f"no SSH host key came from {', '.join(silent)}")
    others = [
        line
        for line in known_hosts(lab).read_text().splitlines()
        if line.partition(" ")[0] not in by_address
    ]
    files.write(known_hosts(lab), "\n".join([*others, *by_address.values(), ""]))


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
