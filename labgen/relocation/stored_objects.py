"""Kubernetes' objects as the API server stores them in etcd: protobuf in an envelope, or JSON.

Only the fields that can have an address or a certificate are described here, by their numbers in
Kubernetes' generated.proto files. All others are unknown fields, which protobuf keeps.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

MAGIC = b"k8s\0"  # then runtime.Unknown, whose field 2 is the object
# Fields by number: a message, or None for text. All are declared as repeated, which reads and
# writes single ones as they are.
Fields: TypeAlias = Mapping[int, "Fields | None"]
Rewrite: TypeAlias = Callable[[str], str]

ENVELOPE: Fields = {1: None, 2: None, 3: None, 4: None}  # typeMeta, raw, encodings: kept in order
ENTRY: Fields = {1: None, 2: None}  # of a map
METADATA: Fields = {12: ENTRY, 17: {7: {1: None}}}  # annotations; managedFields, which name IPs
PROBE: Fields = {1: {2: {4: None}}}  # handler.httpGet.host
# command, args, env, three probes
CONTAINER: Fields = {3: None, 4: None, 7: {2: None}, 10: PROBE, 11: PROBE, 22: PROBE}
POD_SPEC: Fields = {2: CONTAINER, 20: CONTAINER}  # containers, initContainers
# hostIP, podIP, podIPs, hostIPs
POD_STATUS: Fields = {5: None, 6: None, 12: {1: None}, 16: {1: None}}

CONFIG_MAP: Fields = {1: METADATA, 2: ENTRY}
DAEMON_SET: Fields = {1: METADATA, 2: {2: {1: METADATA, 2: POD_SPEC}}}
CONTROLLER_REVISION: Fields = {2: {1: None}}  # JSON
NODE: Fields = {1: METADATA, 3: {5: {2: None}}}  # status.addresses
POD: Fields = {1: METADATA, 2: POD_SPEC, 3: POD_STATUS}
RUNNING_POD: Fields = {1: {17: METADATA[17]}, 3: POD_STATUS}  # what only the kubelet writes


def rewrite(value: bytes, fields: Fields, change: Rewrite, *, without: str = "") -> bytes:
    """Return the stored object with its texts changed.

    If without is given, entries of maps whose key begins with it are left out. A value of another
    encoding, such as encryption at rest, is returned as it is.
    """
    if value.startswith(b"{"):
        return _changed(value, change)
    if not value.startswith(MAGIC):
        return value
    envelope = _parsed("Envelope", ENVELOPE, value[len(MAGIC) :])
    content = _parsed("Object", fields, envelope.f2[0])
    if not _rewrite(content, fields, change, without):
        return value
    envelope.f2[0] = content.SerializeToString()
    return MAGIC + bytes(envelope.SerializeToString())


def _rewrite(message: Any, fields: Fields, change: Rewrite, without: str) -> bool:
    """Change a message's texts and return whether that made a difference."""
    different = False
    for number, inner in fields.items():
        found = getattr(message, f"f{number}")
        if inner is ENTRY and without:
            for entry in [it for it in found if it.f1[0].startswith(without.encode())]:
                found.remove(entry)
                different = True
        for at, value in enumerate(found):
            if inner is not None:
                different |= _rewrite(value, inner, change, without)
            elif (new := _changed(value, change)) != value:
                found[at] = new
                different = True
    return different


def _changed(value: bytes, change: Rewrite) -> bytes:
    return change(value.decode(errors="surrogateescape")).encode(errors="surrogateescape")


def _parsed(name: str, fields: Fields, data: bytes) -> Any:
    return _message_class(name, _frozen(fields)).FromString(data)


Frozen: TypeAlias = "tuple[tuple[int, Frozen | None], ...]"


def _frozen(fields: Fields) -> Frozen:
    return tuple((number, None if it is None else _frozen(it)) for number, it in fields.items())


@cache
def _message_class(name: str, fields: Frozen) -> Any:
    file = FileDescriptorProto(name=name, syntax="proto2")
    _describe(file.message_type.add(name=name), fields, f".{name}")
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(name))


def _describe(message: DescriptorProto, fields: Frozen, path: str) -> None:
    """Add the fields, f1, f2 and so on, to a message's description."""
    for number, inner in fields:
        field = message.field.add(
            name=f"f{number}",
            number=number,
            label=FieldDescriptorProto.LABEL_REPEATED,
            type=FieldDescriptorProto.TYPE_BYTES,
        )
        if inner is not None:
            field.type = FieldDescriptorProto.TYPE_MESSAGE
            field.type_name = f"{path}.M{number}"
            _describe(message.nested_type.add(name=f"M{number}"), inner, field.type_name)
