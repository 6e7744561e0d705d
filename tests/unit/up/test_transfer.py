"""Transfer of the bundle's files to a machine."""

import hashlib
from pathlib import Path

import pytest

from labgen.lab.lab import Lab
from labgen.providers.container.provider import ContainerProvider
from labgen.system.process import CommandFailed
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.transfer import PLACE, Parcel, deliver
from tests.unit.lab.samples import made
from tests.unit.system.stubs import Stub, stub

CONTENT = b"kubelet" * 1000


@pytest.fixture
def sample() -> Lab:
    return made("single")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Return the directory that replaces PLACE on the machine."""
    place = tmp_path / "machine"
    place.mkdir()
    return place


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    source = tmp_path / "kubelet"
    source.write_bytes(CONTENT)
    return Parcel(source, "bin/kubelet", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


@pytest.fixture
def ssh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: Path) -> Stub:
    """Return a machine that runs all commands, with another directory in place of PLACE."""
    body = f'told=${{@: -1}}; bash -c "${{told//"{PLACE}"/"{there}"}}"'
    return stub(monkeypatch, tmp_path, "ssh", body)


def _deliver(sample: Lab, parcel: Parcel) -> Outcome:
    return deliver(Context(sample, ContainerProvider()), sample.machines[0], [parcel])


def test_a_file_is_sent_once(sample: Lab, there: Path, parcel: Parcel, ssh: Stub) -> None:
    assert _deliver(sample, parcel) is Outcome.CHANGED
    assert (there / "bin/kubelet").read_bytes() == CONTENT
    assert _deliver(sample, parcel) is Outcome.OK
    assert len(ssh.calls) == 3  # look and send; look


def test_a_transfer_that_was_cut_off_goes_on(
    sample: Lab, there: Path, parcel: Parcel, ssh: Stub
) -> None:
    (there / "bin").mkdir()
    (there / "bin/kubelet.part").write_bytes(CONTENT[:5000])
    _deliver(sample, parcel)
    assert " 5000 7000 " in ssh.calls[-1][-1]
    assert (there / "bin/kubelet").read_bytes() == CONTENT
    assert not (there / "bin/kubelet.part").exists()


@pytest.mark.parametrize("name", ["bin/kubelet", "bin/kubelet.part"])
def test_a_file_of_other_content_is_replaced(
    sample: Lab, there: Path, parcel: Parcel, ssh: Stub, name: str
) -> None:
    (there / "bin").mkdir()
    (there / name).write_bytes(CONTENT[:-1] + b"!")
    assert _deliver(sample, parcel) is Outcome.CHANGED
    assert (there / "bin/kubelet").read_bytes() == CONTENT


def test_what_the_bundle_has_no_more_goes(
    sample: Lab, there: Path, parcel: Parcel, ssh: Stub
) -> None:
    (there / "packages.tar").write_text("of another time")
    _deliver(sample, parcel)
    assert not (there / "packages.tar").exists()


def test_a_cut_in_the_middle_keeps_what_came_and_is_an_error(
    sample: Lab, there: Path, parcel: Parcel, ssh: Stub, tmp_path: Path
) -> None:
    (tmp_path / "kubelet").write_bytes(CONTENT[:4000])  # ends early, as a connection does
    with pytest.raises(CommandFailed, match="bin/kubelet was cut off"):
        _deliver(sample, parcel)
    assert (there / "bin/kubelet.part").read_bytes() == CONTENT[:4000]
    (tmp_path / "kubelet").write_bytes(CONTENT)
    assert _deliver(sample, parcel) is Outcome.CHANGED
    assert (there / "bin/kubelet").read_bytes() == CONTENT


def test_wrong_bytes_get_no_name(sample: Lab, there: Path, parcel: Parcel, ssh: Stub) -> None:
    parcel.source.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(CommandFailed):
        _deliver(sample, parcel)
    assert not any(there.rglob("kubelet*"))
