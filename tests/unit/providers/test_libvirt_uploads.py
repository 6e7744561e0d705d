"""Files that several labs upload to a storage pool at the same time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

libvirt = pytest.importorskip("libvirt", reason="no libvirt-python")
uploads = pytest.importorskip("labgen.providers.libvirt.uploads", reason="no libvirt-python")
CONTENT = b"x" * 1000
PART = b"x" * 400


def _refused(code: int) -> Exception:
    error = libvirt.libvirtError("refused")
    error.err = (code, 0, "refused", 0, "", None, None, 0, 0)
    assert isinstance(error, Exception)
    return error


class _Pool:
    """A pool with one volume at most, and a connection to it. looked is called at each query."""

    def __init__(self, content: bytes | None = None, *, line: bytes = CONTENT) -> None:
        self.content, self.line = content, line
        self.sent = self.deleted = 0
        self.looked: Callable[[], None] = lambda: None

    def storageVolLookupByName(self, _name: str) -> Any:  # noqa: N802 - libvirt's
        self.looked()
        if self.content is None:
            raise _refused(libvirt.VIR_ERR_NO_STORAGE_VOL)
        return self

    def createXML(self, _xml: str) -> Any:  # noqa: N802 - libvirt's
        if self.content is not None:
            raise _refused(libvirt.VIR_ERR_STORAGE_VOL_EXIST)
        self.content = b""
        return self

    def XMLDesc(self) -> str:  # noqa: N802 - libvirt's
        assert self.content is not None
        return f"<physical unit='bytes'>{len(self.content)}</physical>"

    def delete(self) -> None:
        self.content = None
        self.deleted += 1

    def newStream(self) -> Any:  # noqa: N802 - libvirt's
        return self

    def upload(self, _stream: Any, _offset: int, _length: int) -> None:
        self.sent += 1

    def sendAll(self, read: Callable[[Any, int, Any], bytes], _opaque: Any) -> None:  # noqa: N802 - libvirt's
        read(self, 0, None)
        self.content = self.line
        if self.line != CONTENT:
            raise _refused(libvirt.VIR_ERR_RPC)

    def finish(self) -> None:
        """Do nothing, because everything has arrived."""


class _Late(_Pool):
    """A pool in which another process creates and fills the volume a moment earlier."""

    def createXML(self, xml: str) -> Any:  # noqa: N802 - libvirt's
        self.content = CONTENT
        return super().createXML(xml)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(uploads, "POLL", 0.001)
    monkeypatch.setattr(uploads, "STILL", 0.05)
    (tmp_path / "box.img").write_bytes(CONTENT)
    return tmp_path / "box.img"


def _ensure(pool: _Pool, path: Path) -> None:
    assert uploads.ensure(pool, pool, "box.img", path) is pool
    assert pool.content == CONTENT


def test_a_file_that_is_there_is_not_sent_again(path: Path) -> None:
    pool = _Pool()
    _ensure(pool, path)
    _ensure(pool, path)
    assert pool.sent == 1


def test_a_file_that_another_is_sending_is_waited_for(path: Path) -> None:
    pool = _Pool(b"")

    def another() -> None:
        pool.content = CONTENT[: len(pool.content or b"") + 1]

    pool.looked = another
    _ensure(pool, path)
    assert (pool.sent, pool.deleted) == (0, 0)


def test_a_part_that_does_not_grow_is_sent_anew(path: Path) -> None:
    pool = _Pool(PART)
    _ensure(pool, path)
    assert (pool.sent, pool.deleted) == (1, 1)


def test_another_may_begin_between_look_and_creation(path: Path) -> None:
    pool = _Late()
    _ensure(pool, path)
    assert pool.sent == 0


def test_of_a_file_that_cannot_be_sent_no_part_stays(path: Path) -> None:
    pool = _Pool(line=PART)
    with pytest.raises(libvirt.libvirtError):
        _ensure(pool, path)
    assert pool.content is None
