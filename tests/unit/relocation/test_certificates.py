"""What a cluster issued itself is issued again; everything else stays."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from labgen.errors import LabgenError
from labgen.relocation.addresses import Addresses
from labgen.relocation.certificates import Block, renew
from tests.unit.relocation.pki import Key, Pair, addresses_of, elliptic, issue, private, public

MOVE = Addresses(IPv4Network("10.89.0.0/24"), IPv4Network("10.89.7.0/24"))
RSA_BITS = 2048
KINDS = {
    "RSA": lambda: rsa.generate_private_key(65537, RSA_BITS),
    "P-256": elliptic,
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


def _renew(*texts: str, same: bool = False) -> dict[str, str]:
    return renew([Block(it, "a file") for it in texts], MOVE, same=same)


def _certificate(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text.encode())


def _kind(key: object) -> object:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size
    return key.curve.name if isinstance(key, ec.EllipticCurvePrivateKey) else type(key)


@pytest.mark.parametrize("kind", KINDS)
def test_an_authority_and_what_it_issued_get_new_keys_of_the_same_kind(kind: str) -> None:
    key: Key = KINDS[kind]()
    ca = issue("kubernetes", key=key)
    leaf = issue(
        "kube-apiserver", ca, key=KINDS[kind](), addresses=("10.96.0.1", "10.89.0.3", "10.89.0.244")
    )
    new = _renew(ca.crt, ca.pem, leaf.crt, leaf.pem)
    authority, made = _certificate(new[ca.crt]), _certificate(new[leaf.crt])
    authority.verify_directly_issued_by(authority)
    made.verify_directly_issued_by(authority)
    assert addresses_of(made) == ["10.96.0.1", "10.89.7.3", "10.89.7.244"]
    for old, certificate in ((ca, authority), (leaf, made)):
        fresh = load_pem_private_key(new[old.pem].encode(), None)
        assert _kind(fresh) == _kind(old.key)
        assert fresh.public_key() == certificate.public_key() != old.key.public_key()
        assert new[old.pem].splitlines()[0] == old.pem.splitlines()[0]


def test_a_certificate_keeps_subject_extensions_and_lifetime_from_now() -> None:
    ca = issue("kubernetes")
    leaf = issue("kubernetes-admin", ca, organization="system:masters")
    new = _renew(ca.crt, ca.pem, leaf.crt, leaf.pem)
    authority, made, old = _certificate(new[ca.crt]), _certificate(new[leaf.crt]), leaf.certificate
    assert (made.subject, made.issuer) == (old.subject, old.issuer)
    assert [(it.oid, it.critical) for it in made.extensions] == [
        (it.oid, it.critical) for it in old.extensions
    ]
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    named = made.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert named.key_identifier == own.digest
    lifetime = made.not_valid_after_utc - made.not_valid_before_utc
    assert lifetime == old.not_valid_after_utc - old.not_valid_before_utc
    assert abs(datetime.now(UTC) - made.not_valid_before_utc) < timedelta(minutes=6)
    assert made.serial_number != old.serial_number


def test_the_service_accounts_key_is_new_with_its_public_half() -> None:
    key = elliptic()
    new = _renew(private(key), public(key))
    made = load_pem_private_key(new[private(key)].encode(), None)
    assert load_pem_public_key(new[public(key)].encode()) == made.public_key() != key.public_key()


def test_same_certificates_keeps_everything_but_certificates_for_addresses() -> None:
    ca, sa = issue("kubernetes"), elliptic()
    server = issue("kube-apiserver", ca, addresses=("10.89.0.3",))
    client = issue("kubernetes-admin", ca)
    given = [ca.crt, ca.pem, server.crt, server.pem, client.crt, client.pem]
    new = _renew(*given, private(sa), public(sa), same=True)
    assert list(new) == [server.crt]
    made = _certificate(new[server.crt])
    made.verify_directly_issued_by(ca.certificate)
    assert made.public_key() == server.key.public_key()
    assert addresses_of(made) == ["10.89.7.3"]


def test_a_certificate_does_not_outlive_the_authority_that_stays() -> None:
    ca = issue("kubernetes", began=datetime.now(UTC) - timedelta(days=3640))
    server = issue("kube-apiserver", ca, addresses=("10.89.0.3",))
    made = _certificate(_renew(ca.crt, ca.pem, server.crt, server.pem, same=True)[server.crt])
    assert made.not_valid_after_utc == ca.certificate.not_valid_after_utc


def test_what_somebody_else_issued_stays() -> None:
    other = issue("the company's")
    server = issue("registry", other, addresses=("192.168.7.7",))
    assert _renew(other.crt, server.crt, server.pem, private(elliptic())) == {}


def test_an_address_of_somebody_elses_certificate_cannot_move() -> None:
    other = issue("the company's")
    server = issue("kube-apiserver", other, addresses=("10.89.0.3",))
    with pytest.raises(LabgenError) as caught:
        _renew(other.crt, server.crt, server.pem)
    assert caught.value.message == "a file has a certificate for an address that moves"
    assert caught.value.last_seen == (
        "its key, or that of its authority (CN=the company's), is not on the disks"
    )


def test_two_authorities_of_one_name_keep_apart() -> None:
    """After a rotation both may be on the disks."""
    first, second = issue("kubernetes"), issue("kubernetes")
    leaf = issue("kubernetes-admin", second)
    given = [it for pair in (first, second, leaf) for it in (pair.crt, pair.pem)]
    new = _renew(*given)
    _certificate(new[leaf.crt]).verify_directly_issued_by(_certificate(new[second.crt]))


def _kubelet(addresses: tuple[str, ...] = ()) -> tuple[Pair, Pair, list[Block]]:
    """Return the kubelet's serving certificate, its authority, and the blocks of its two files."""
    ca = issue("node1-ca@17")
    leaf = issue("node1@17", ca, key=KINDS["RSA"](), addresses=addresses)
    blocks = [
        Block(leaf.crt, "kubelet.crt"),
        Block(ca.crt, "kubelet.crt", single_use=True),
        Block(leaf.pem, "kubelet.key"),
    ]
    return leaf, ca, blocks


@pytest.mark.parametrize("same", [False, True])
def test_an_authority_that_signed_once_needs_no_key(same: bool) -> None:
    leaf, ca, blocks = _kubelet(("10.89.0.6",))
    new = renew(blocks, MOVE, same=same)
    made = _certificate(new[leaf.crt])
    made.verify_directly_issued_by(_certificate(new[ca.crt]))
    assert addresses_of(made) == ["10.89.7.6"]
    assert (leaf.pem in new) == (not same)


def test_same_certificates_keeps_the_kubelets_certificate_for_names() -> None:
    assert renew(_kubelet()[2], MOVE, same=True) == {}


def test_what_is_not_understood_stays() -> None:
    broken = "-----BEGIN CERTIFICATE-----\nb2xk\n-----END CERTIFICATE-----"
    locked = broken.replace("CERTIFICATE", "ENCRYPTED PRIVATE KEY")
    assert _renew(broken, locked, broken.replace("CERTIFICATE", "PUBLIC KEY")) == {}
