"""Objects of Kubernetes change in the fields that are known; all others stay to the byte."""

from labgen.relocation import stored_objects
from labgen.relocation.stored_objects import CONFIG_MAP, MAGIC, NODE, POD, RUNNING_POD

Part = tuple[int, bytes]


def field(number: int, content: bytes) -> bytes:
    """Return a field of protobuf's wire format with a length of less than 16 KiB."""
    tag, size = number << 3 | 2, len(content)
    return _varint(tag) + _varint(size) + content


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])


def stored(*fields: Part) -> bytes:
    """Return an object as the API server stores it."""
    kind = field(1, b"v1") + field(2, b"Thing")
    content = b"".join(field(*it) for it in fields)
    return MAGIC + field(1, kind) + field(2, content) + field(3, b"") + field(4, b"")


def entry(key: bytes, value: bytes) -> bytes:
    return field(1, key) + field(2, value)


def _change(text: str) -> str:
    return text.replace("10.89.0.", "10.189.100.")


def test_a_config_map_changes_in_place() -> None:
    metadata = (1, field(1, b"kube-proxy") + field(99, b"10.89.0.9"))
    before = stored(metadata, (2, entry(b"a", b"x" * 100 + b"10.89.0.1")), (2, entry(b"b", b"1")))
    after = stored(metadata, (2, entry(b"a", b"x" * 100 + b"10.189.100.1")), (2, entry(b"b", b"1")))
    assert stored_objects.rewrite(before, CONFIG_MAP, _change) == after


def test_signatures_of_old_tokens_are_left_out() -> None:
    before = stored((2, entry(b"jws-kubeconfig-abcdef", b"..")), (2, entry(b"kubeconfig", b"x")))
    after = stored((2, entry(b"kubeconfig", b"x")))
    found = stored_objects.rewrite(before, CONFIG_MAP, _change, without="jws-kubeconfig-")
    assert found == after


def test_an_object_without_a_change_is_the_same_bytes() -> None:
    before = stored((7, b"unknown"), (2, entry(b"a", b"b")), (1, field(1, b"late")))
    assert stored_objects.rewrite(before, CONFIG_MAP, _change) == before


def test_a_nodes_addresses_change() -> None:
    address = field(1, b"InternalIP") + field(2, b"10.89.0.6")
    found = stored_objects.rewrite(stored((3, field(5, address))), NODE, _change)
    after = field(2, b"10.189.100.6") + field(1, b"InternalIP")  # unknown fields come last
    assert found == stored((3, field(5, after)))


def test_a_users_pod_changes_only_in_its_status() -> None:
    container = field(2, field(7, entry(b"PEER", b"10.89.0.6")))
    before = stored((2, container), (3, field(5, b"10.89.0.6")))
    found = stored_objects.rewrite(before, RUNNING_POD, _change)
    assert found == stored((3, field(5, b"10.189.100.6")), (2, container))
    new = field(2, field(7, field(2, b"10.189.100.6") + field(1, b"PEER")))
    found = stored_objects.rewrite(before, POD, _change)
    assert found == stored((2, new), (3, field(5, b"10.189.100.6")))


def test_json_changes_and_what_is_encrypted_stays() -> None:
    assert stored_objects.rewrite(b'{"a":"10.89.0.1"}', POD, _change) == b'{"a":"10.189.100.1"}'
    sealed = b"k8s:enc:aescbc:v1:key1:10.89.0.1"
    assert stored_objects.rewrite(sealed, POD, _change) == sealed
