"""Renew the certificates and keys of a cluster, given as PEM blocks.

Every new key is of the old one's kind, and every new certificate has the old one's subject,
extensions and lifetime. Only what this cluster issued itself is renewed: a certificate of an
authority whose key is not among the blocks stays, and so does its key.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from labgen.errors import LabgenError
from labgen.relocation.addresses import Addresses

BACKDATED = timedelta(minutes=5)  # as kubeadm does, for clocks that are late
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Block:
    """A PEM block in canonical form."""

    text: str
    source: str  # the file that has it, for errors
    # The certificate is of an authority that signed once and whose key nobody kept: the kubelet's
    # for its own serving certificate.
    single_use: bool = False


def renew(blocks: Iterable[Block], addresses: Addresses, *, same: bool) -> dict[str, str]:
    """Return the new blocks by the old ones, without those that stay.

    With same, authorities and keys stay: only certificates for addresses that move are issued
    again. Raises LabgenError if such a certificate is of an authority whose key is missing.
    """
    renewal = _Renewal(addresses, same=same)
    for block in blocks:
        renewal.add(block)
    return renewal.result()


@dataclass(frozen=True)
class _Certificate:
    content: x509.Certificate
    block: Block

    @property
    def key(self) -> bytes:
        return _public(self.content)

    def issued(self, other: "_Certificate") -> bool:
        if other.content.issuer != self.content.subject:
            return False
        with suppress(InvalidSignature, ValueError, TypeError):
            other.content.verify_directly_issued_by(self.content)
            return True
        return False


@dataclass
class _Renewal:
    """Blocks that were found, and what has been made of them so far.

    Keys are named by their public half in DER, certificates by their block.
    """

    addresses: Addresses
    same: bool
    certificates: dict[str, _Certificate] = field(default_factory=dict)
    keys: dict[bytes, Key] = field(default_factory=dict)
    private: dict[str, bytes] = field(default_factory=dict)  # blocks with a private key
    public: dict[str, bytes] = field(default_factory=dict)  # blocks with a public key
    new_keys: dict[bytes, Key] = field(default_factory=dict)
    issued: dict[str, x509.Certificate] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        label = block.text.removeprefix("-----BEGIN ").partition("-----")[0]
        data = block.text.encode()
        with suppress(ValueError, TypeError, UnsupportedAlgorithm):  # not for us to understand
            if label == "CERTIFICATE":
                found = _Certificate(x509.load_pem_x509_certificate(data), block)
                self.certificates.setdefault(block.text, found)
            elif label == "PUBLIC KEY":
                self.public[block.text] = _der(load_pem_public_key(data))
            elif label.endswith("PRIVATE KEY"):
                key = load_pem_private_key(data, None)
                if isinstance(key, Key):
                    name = _der(key.public_key())
                    self.keys[name] = key
                    self.private[block.text] = name

    def result(self) -> dict[str, str]:
        now = datetime.now(UTC) - BACKDATED
        for found in self.certificates.values():
            if self._wanted(found):
                self._issue(found, now)
        if not self.same:  # pairs without a certificate: the service accounts' key
            for name in self.public.values():
                if name in self.keys:
                    self._new_key(name)
        renewed = {old: _pem(new) for old, new in self.issued.items()}
        for block, name in self.private.items():
            if name in self.new_keys:
                renewed[block] = _private_pem(self.new_keys[name], like=block)
        for block, name in self.public.items():
            if name in self.new_keys:
                renewed[block] = _public_pem(self.new_keys[name])
        return renewed

    def _wanted(self, found: _Certificate) -> bool:
        """Return whether the certificate has to be issued again."""
        issuer = self._issuer(found)
        ours = found.key in self.keys and issuer is not None and self._renewable(issuer)
        moves = self._san(found.content) != _san(found.content)
        if moves and not ours:
            raise LabgenError(
                f"{found.block.source} has a certificate for an address that moves",
                last_seen="its key, or that of its authority "
                f"({found.content.issuer.rfc4514_string()}), is not on the disks",
            )
        return moves or (ours and not self.same)

    def _renewable(self, found: _Certificate) -> bool:
        return found.key in self.keys or found.block.single_use

    def _issuer(self, found: _Certificate) -> _Certificate | None:
        return next((it for it in self.certificates.values() if it.issued(found)), None)

    def _issue(self, found: _Certificate, now: datetime) -> x509.Certificate:
        """Return the new certificate, which is made once, after that of its issuer."""
        known = self.issued.get(found.block.text)
        if known:
            return known
        old, key = found.content, self._new_key(found.key)
        ends = now + (old.not_valid_after_utc - old.not_valid_before_utc)
        issuer = self._issuer(found)
        if issuer is None or issuer == found:
            signer, authority = key, None
        else:
            signer, authority = self._signer(issuer, now)
            ends = min(ends, authority.not_valid_after_utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(old.subject)
            .issuer_name(old.issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(ends)
        )
        for it in old.extensions:
            value = self._extension(it.value, old, key, authority)
            builder = builder.add_extension(value, it.critical)
        self.issued[found.block.text] = made = builder.sign(signer, _hash(signer))
        return made

    def _signer(self, issuer: _Certificate, now: datetime) -> tuple[Key, x509.Certificate]:
        if self.same and not issuer.block.single_use:
            return self.keys[issuer.key], issuer.content
        made = self._issue(issuer, now)
        return self.new_keys[issuer.key], made

    def _new_key(self, name: bytes) -> Key:
        """Return the key that replaces a key: itself if keys stay. Nobody keeps the key of an
        authority that signs once, so its kind does not matter."""
        old = self.keys.get(name)
        if self.same and old:
            return old
        if name not in self.new_keys:
            self.new_keys[name] = _like(old) if old else ec.generate_private_key(ec.SECP256R1())
        return self.new_keys[name]

    def _san(self, certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
        found = _san(certificate)
        return found and x509.SubjectAlternativeName(
            [
                x509.IPAddress(self.addresses.move(it.value))
                if isinstance(it, x509.IPAddress) and isinstance(it.value, IPv4Address)
                else it
                for it in found
            ]
        )

    def _extension(
        self,
        value: x509.ExtensionType,
        old: x509.Certificate,
        key: Key,
        authority: x509.Certificate | None,
    ) -> x509.ExtensionType:
        if isinstance(value, x509.SubjectAlternativeName):
            return cast("x509.SubjectAlternativeName", self._san(old))
        if isinstance(value, x509.SubjectKeyIdentifier):
            return x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        if isinstance(value, x509.AuthorityKeyIdentifier):
            return _identifier(authority, key)
        return value


def _identifier(authority: x509.Certificate | None, key: Key) -> x509.AuthorityKeyIdentifier:
    if authority is None:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    try:
        named = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(
            cast("ec.EllipticCurvePublicKey", authority.public_key())
        )
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named.value)


def _san(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return None
    return found.value


def _like(key: Key) -> Key:
    if isinstance(key, rsa.RSAPrivateKey):
        return rsa.generate_private_key(65537, key.key_size)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ec.generate_private_key(key.curve)
    return ed25519.Ed25519PrivateKey.generate()


def _hash(signer: Key) -> hashes.SHA256 | None:
    return None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _public(certificate: x509.Certificate) -> bytes:
    return _der(certificate.public_key())


def _der(key: object) -> bytes:
    public = cast("ec.EllipticCurvePublicKey", key)  # every kind of key has this method
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode().strip()


def _private_pem(key: Key, *, like: str) -> str:
    older = not like.startswith("-----BEGIN PRIVATE KEY")
    layout = PrivateFormat.TraditionalOpenSSL if older else PrivateFormat.PKCS8
    return key.private_bytes(Encoding.PEM, layout, NoEncryption()).decode().strip()


def _public_pem(key: Key) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().strip()
