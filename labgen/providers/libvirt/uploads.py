"""Upload files to a storage pool once, even if several labs need them at the same time."""

import re
import time
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import libvirt

from labgen.providers.libvirt.connection import found
from labgen.system import interrupt

# Without a capacity, so that the file is as long as what has arrived.
VOLUME = (
    "<volume><name>{name}</name><capacity>0</capacity>"
    "<target><format type='{form}'/></target></volume>"
)
PIECE = 256 * 1024  # bytes; libvirt cuts larger ones (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX)
STILL = 20.0  # seconds without another byte; then the sender is gone, or its connection
POLL = 0.2


def ensure(connection: Any, pool: Any, name: str, path: Path, *, form: str = "raw") -> Any:
    """Return the pool's volume of that name with the complete content of path, in the given format.

    An upload by another process is waited for. A volume that stops growing is uploaded again.
    """
    size, since = path.stat().st_size, time.monotonic()
    seen: int | None = None
    while True:
        volume = found(partial(pool.storageVolLookupByName, name))
        if volume is None:
            new = _create(pool, name, form)
            if new is not None:
                _send(connection, new, path)
            continue
        length = found(partial(_length, volume))
        if length is not None and length >= size:
            return volume
        if length != seen:
            seen, since = length, time.monotonic()
        elif time.monotonic() - since > STILL:
            found(volume.delete)
        interrupt.pause(POLL)


def _create(pool: Any, name: str, form: str) -> Any | None:
    """Create a volume for this process to fill; return None if another process has just created
    it."""
    try:
        return pool.createXML(VOLUME.format(name=name, form=form))
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_STORAGE_VOL_EXIST:
            return None
        raise


def _send(connection: Any, volume: Any, path: Path) -> None:
    """Fill the volume; delete it if that fails."""
    stream = connection.newStream()
    try:
        volume.upload(stream, 0, path.stat().st_size)
        with path.open("rb") as file:
            stream.sendAll(lambda *_: _read(file), None)
        stream.finish()
    except BaseException:
        found(volume.delete)
        raise


def _read(file: BinaryIO) -> bytes:
    """Return the next piece of the file. Raises Interrupted after Ctrl-C, because uploads can take
    long."""
    interrupt.check()
    return file.read(PIECE)


def _length(volume: Any) -> int:
    """Return the length of the volume's file in bytes."""
    told = re.search(r"<physical unit='bytes'>(\d+)<", volume.XMLDesc())
    return int(told[1]) if told else 0
