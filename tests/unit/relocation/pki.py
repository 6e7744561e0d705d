"""A small PKI in the manner of kubeadm's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def crt(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode().strip()

    @property
    def pem(self) -> str:
        return private(self.key)


def private(key: Key) -> str:
    older = not isinstance(key, ed25519.Ed25519PrivateKey)
    layout = PrivateFormat.TraditionalOpenSSL if older else PrivateFormat.PKCS8
    return key.private_bytes(Encoding.PEM, layout, NoEncryption()).decode().strip()


def public(key: Key) -> str:
    found = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found.decode().strip()


def elliptic() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    name: str,
    authority: Pair | None = None,
    *,
    key: Key | None = None,
    addresses: tuple[str, ...] = (),
    began: datetime | None = None,
    organization: str = "",
) -> Pair:
    """Return a certificate of a year, or an authority of ten if none is given."""
    key = key or elliptic()
    began = began or datetime.now(UTC) - timedelta(days=100)
    subject = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    if organization:
        subject.append(x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization))
    named = x509.Name(subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(authority.certificate.subject if authority else named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + (YEAR if authority else 10 * YEAR))
        .add_extension(x509.BasicConstraints(authority is None, None), critical=True)
    )
    if authority is None:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    else:
        identifier = authority.certificate.extensions.get_extension_for_class(
            x509.SubjectKeyIdentifier
        ).value
        of_authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
        builder = builder.add_extension(of_authority, critical=False).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    if addresses:
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        names += [x509.IPAddress(ip_address(it)) for it in addresses]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signer = authority.key if authority else key
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Pair(builder.sign(signer, digest), key)


def addresses_of(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(it) for it in found.get_values_for_type(x509.IPAddress)]
