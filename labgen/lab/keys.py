"""A lab's secrets: SSH keys, host keys, kubeadm's token and certificate key, all with mode 0600."""

import hashlib
import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from labgen.lab.lab import Lab, Machine
from labgen.system import files
from labgen.system.process import run
from labgen.system.wait import NotYet, until

SCAN = 10.0  # seconds for a machine that answers to send its host key
BOOT = 60.0  # seconds until a machine that was just switched on answers, with a margin
TOKEN_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class JoinSecrets:
    """Secrets for joining: token as [a-z0-9]{6}.[a-z0-9]{16}, certificate_key as 32 bytes in hex
    (kubeadm's formats)."""

    token: str
    certificate_key: str

    @property
    def token_id(self) -> str:
        """Return the token's public half."""
        return self.token.partition(".")[0]

    @property
    def vrrp_password(self) -> str:
        """Return the password of keepalived's adverts, which has eight letters at most."""
        return hashlib.sha256(f"vrrp {self.certificate_key}".encode()).hexdigest()[:8]


def ensure(lab: Lab) -> None:
    """Create the lab's missing keys; existing ones stay."""
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
    """Create the lab's own SSH key, for machines that create their host keys themselves."""
    files.private_directory(lab.keys)
    _ssh_key(client_key(lab), f"labgen-{lab.name}")
    if not known_hosts(lab).exists():
        files.write(known_hosts(lab), "")


def remove_host_keys(lab: Lab, machines: Sequence[Machine]) -> None:
    """Remove the known host keys of machines that are about to be created again."""
    gone = {str(machine.address) for machine in machines}
    kept = {address: line for address, line in _known(lab).items() if address not in gone}
    files.write(known_hosts(lab), "".join(kept.values()))


def learn_hosts(lab: Lab) -> None:
    """Fetch the host keys that are not known yet. From then on SSH accepts no others.

    The machines may still be booting. Machines behind a jump host are queried from there, with its
    ssh-keyscan. Raises LabgenError with the machines that sent no key in time.
    """
    until(
        partial(_ask_hosts, lab),
        what="the SSH host key of every machine",
        timeout=BOOT * lab.slowdown,
    )


def join_secrets(lab: Lab) -> JoinSecrets:
    """Return the lab's token and certificate key, which the first call creates."""
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
    """Return the directory with the machine's host key and the keys that may log in to it."""
    return lab.keys / machine.name


def _known(lab: Lab) -> dict[str, str]:
    return _by_address(known_hosts(lab).read_text())


def _ask_hosts(lab: Lab) -> None:
    known = _known(lab)
    asked = [machine for machine in lab.machines if str(machine.address) not in known]
    if not asked:
        return
    words = ["ssh-keyscan", "-T", f"{SCAN:.0f}", "-t", "ed25519"]
    ask = lab.jump.run if lab.jump else run
    told = ask([*words, *(str(m.address) for m in asked)], timeout=2 * SCAN, check=False).stdout
    known |= _by_address(told)
    files.write(known_hosts(lab), "".join(known.values()))
    silent = [machine.name for machine in asked if str(machine.address) not in known]
    if silent:
        raise NotYet(f"{', '.join(silent)} sent none")


def _by_address(lines: str) -> dict[str, str]:
    """Return the lines of known_hosts, sshd(8), by address and without comments."""
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
