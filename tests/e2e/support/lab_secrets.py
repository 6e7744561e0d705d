"""Everything of a lab that no other lab may have: keys, certificates, tokens, passwords."""

import base64
import io
import json
import re
import tarfile
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from labgen.lab.lab import Lab
from tests.e2e.support.program import labgen

PLACES = ("etc/kubernetes", "var/lib/kubelet/pki", "etc/keepalived/keepalived.conf", "etc/labgen")
PACK = f"tar --create --dereference --directory / {' '.join(PLACES)} 2>/dev/null | base64"
PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----", re.DOTALL)
EMBEDDED = re.compile(r"-data: ([A-Za-z0-9+/=]{64,})")
PASSWORD = re.compile(r"auth_pass (\S+)")


def cluster_keys(lab: Lab) -> set[str]:
    """Return the public halves of all keys and certificates on the lab's machines."""
    return {_public_key(*block) for text in _texts(lab) for block in _blocks(text)}


def secrets(lab: Lab) -> set[str]:
    """Return the lab's SSH keys, join secrets and VRRP passwords, on this host and on machines."""
    told = json.loads((lab.keys / "join.json").read_text())
    found = {path.read_text().split()[1] for path in lab.keys.rglob("*.pub")}
    found |= {told["token"], told["certificate_key"]}
    return found | {it for text in _texts(lab) for it in PASSWORD.findall(text)}


def mentioned(lab: Lab, words: set[str]) -> set[str]:
    """Return those of the words that are in a file of the lab's machines."""
    return {word for text in _texts(lab) for word in words if word in text}


def _texts(lab: Lab) -> Iterator[str]:
    for machine in lab.machines:
        packed = labgen("exec", lab.name, machine.name, "--", "sh", "-c", PACK, quiet=True).stdout
        with tarfile.open(fileobj=io.BytesIO(base64.b64decode(packed))) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file:
                    text = file.read().decode(errors="replace")
                    yield text
                    yield from (base64.b64decode(it).decode() for it in EMBEDDED.findall(text))


def _blocks(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield the kind and the text of each block, except SSH's own."""
    found = ((it[1], it[0].encode()) for it in PEM.finditer(text))
    yield from ((kind, block) for kind, block in found if "OPENSSH" not in kind)


def _public_key(kind: str, block: bytes) -> str:
    key = (
        x509.load_pem_x509_certificate(block).public_key()
        if kind == "CERTIFICATE"
        else load_pem_public_key(block)
        if kind == "PUBLIC KEY"
        else load_pem_private_key(block, None).public_key()
    )
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()
