"""Run the members of a cluster's etcd on this host, on their data, cut off from everything.

They have a network namespace without a way out, in which every old and every new address is local.
So Raft itself completes whatever its members had acknowledged, and nobody else can reach them:
clients use unix sockets in a directory that only root can enter.
"""

import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from labgen.errors import LabgenError
from labgen.relocation import etcd_client
from labgen.relocation.etcd_client import Endpoint
from labgen.system import background, files
from labgen.system.wait import NotYet, until

PEER_PORT = 2380
CLIENT_PORT = 2379
TIMEOUT = 60.0  # seconds until all members answer, on a busy host
SHOWN = 3  # lines of a log in an error
# ms; all members are on this host. etcd wants ten heartbeats in an election's time.
HEARTBEAT, ELECTION = 20, 200
CERTIFICATE, KEY = "peer.crt", "peer.key"
# The first process of its PID namespace: when it ends, all others are killed.
START = """\
ip link set lo up
for address; do ip address add "$address/32" dev lo; done
{members}
wait -n
"""


@dataclass(frozen=True)
class Member:
    """A member of etcd, by the name of its machine."""

    name: str
    data: Path
    old: IPv4Address
    new: IPv4Address


@dataclass(frozen=True)
class Cluster:
    """Members that were started."""

    endpoints: Sequence[Endpoint]
    process: subprocess.Popen[bytes]  # ends when one of them does


@contextmanager
def running(members: Sequence[Member], etcd: Path, work: Path) -> Iterator[Cluster]:
    """Run the members for the time of the block, which begins before they answer.

    They are killed at its end: what etcd has acknowledged is in its files by then, and a graceful
    end would wait seconds for another leader. work is a directory that only root can enter.
    """
    addresses = list(dict.fromkeys(it for member in members for it in (member.old, member.new)))
    _write_certificate(addresses, work)
    script = START.format(members="\n".join(_command(member, etcd) for member in members))
    # etcd would reach its peers through HTTPS_PROXY, and refuses ETCD_ variables next to options
    clean = ["env", "--ignore-environment", f"PATH={os.environ.get('PATH', os.defpath)}"]
    isolated = ["unshare", "--net", "--pid", "--fork", "--kill-child"]
    shell = ["bash", "-c", script, "members", *map(str, addresses)]
    with background.running([*clean, *isolated, *shell], cwd=work) as process:
        yield Cluster([Endpoint(work, member.name) for member in members], process)
    for member in members:
        for spare in (member.data / "member/wal").glob("*.tmp"):  # space for a log to come
            spare.unlink()


def await_answers(cluster: Cluster) -> None:
    """Return when all members answer, which they do when they agree on a leader."""
    for endpoint in cluster.endpoints:
        until(
            partial(_ensure_answers, endpoint, cluster.process),
            what=f"an answer of etcd of {endpoint.name}",
            timeout=TIMEOUT,
            interval=0.02,
        )


def _command(member: Member, etcd: Path) -> str:
    listen = ",".join(dict.fromkeys(map(_peer_url, (member.old, member.new))))
    words = [
        str(etcd.absolute()),
        f"--name={member.name}",
        f"--data-dir={member.data.absolute()}",
        f"--listen-peer-urls={listen}",
        f"--initial-advertise-peer-urls={_peer_url(member.old)}",
        # both count only where there is no data; then this is an error and no new cluster
        f"--initial-cluster={member.name}={_peer_url(member.old)}",
        "--initial-cluster-state=existing",
        f"--listen-client-urls=unix://{member.name}",
        # a member publishes these when it starts
        f"--advertise-client-urls=https://{member.new}:{CLIENT_PORT}",
        f"--peer-cert-file={CERTIFICATE}",
        f"--peer-key-file={KEY}",
        f"--peer-trusted-ca-file={CERTIFICATE}",
        f"--heartbeat-interval={HEARTBEAT}",
        f"--election-timeout={ELECTION}",
        # the disks were just unpacked and are not synced either
        "--unsafe-no-fsync",
    ]
    return f"{shlex.join(words)} 2>{shlex.quote(_log(member.name))} &"


def _ensure_answers(endpoint: Endpoint, process: subprocess.Popen[bytes]) -> None:
    """Raise NotYet until the member knows a leader and answers, LabgenError if one has ended."""
    if process.poll() is not None:
        raise LabgenError("etcd does not start on the disks", last_seen=_last_words(endpoint))
    try:
        etcd_client.ensure_applied(endpoint)
    except (OSError, LabgenError) as error:
        raise NotYet(f"{error}; {_last_words(endpoint)}") from error


def _last_words(endpoint: Endpoint) -> str:
    """Return the end of all members' logs, which are gone with the directory."""
    lines = []
    for log in sorted(endpoint.directory.glob(_log("*"))):
        lines += [
            f"{log.stem}: {line}" for line in log.read_text(errors="replace").splitlines()[-SHOWN:]
        ]
    return "\n    ".join(lines) or "no output"


def _log(name: str) -> str:
    return f"{name}.log"


def _peer_url(address: IPv4Address) -> str:
    return f"https://{address}:{PEER_PORT}"


def _write_certificate(addresses: Sequence[IPv4Address], work: Path) -> None:
    """Write a certificate for all members, which trust it and nothing else.

    The cluster's own ones may have expired, and they do not have the new addresses.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relocation")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(it) for it in addresses]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files.write(work / CERTIFICATE, certificate.public_bytes(Encoding.PEM), mode=files.PRIVATE)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files.write(work / KEY, pem, mode=files.PRIVATE)
