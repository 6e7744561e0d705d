"""A lab's secrets: SSH keys, host keys, kubeadm's token and certificate key. All 0600."""

import json
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

from labgen.lab.lab import Lab, Machine
from labgen.system import files
from labgen.system.run import run

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
