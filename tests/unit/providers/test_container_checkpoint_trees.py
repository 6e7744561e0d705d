"""Which trees are cloned while machines stand still, and which are packed then.

cp copies what it cannot clone, so clones work on every file system here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.providers.container import checkpoint_store, checkpoints, disks
from labgen.system import archives, freezer, reflinks
from tests.unit.providers.saved_machines import IMAGE, Host

Happened = list[str]


@pytest.fixture
def happened(host: Host, monkeypatch: pytest.MonkeyPatch) -> Happened:
    """Return what a save does to trees, in that order, with when machines stand still. Disks can be
    cloned, and root file systems cannot."""
    found: Happened = []
    clone, pack = reflinks.clone, archives.pack

    @contextmanager
    def frozen(_: Sequence[str]) -> Iterator[None]:
        found.append("frozen")
        yield
        found.append("thawed")

    def cloned(directory: Path, target: Path, *, without: Sequence[Path] = ()) -> None:
        found.append(f"clone {target.name}")
        clone(directory, target, without=without)

    def packed(directory: Path, archive: Path, **more: object) -> None:
        found.append(f"pack {archive.name.partition('.tar')[0]}")
        pack(directory, archive, **more)  # type: ignore[arg-type]

    def possible(directory: Path, target: Path) -> bool:
        assert found[-1:] != ["frozen"]
        return directory.is_relative_to(disks.of_lab(host.lab))

    monkeypatch.setattr(freezer, "frozen", frozen)
    monkeypatch.setattr(reflinks, "clone", cloned)
    monkeypatch.setattr(archives, "pack", packed)
    monkeypatch.setattr(reflinks, "possible", possible)
    return found


def test_each_tree_is_cloned_where_it_can_be_and_packed_then_where_it_cannot(
    host: Host, happened: Happened
) -> None:
    before = host.seen()
    contents = checkpoints.save(host.lab, "x")
    machines = [it.name for it in host.lab.machines]
    thawed = happened.index("thawed")
    assert sorted(happened[1:thawed]) == sorted(
        [*(f"clone {it}.disks" for it in machines), *(f"pack {it}.root" for it in machines)]
    )
    assert sorted(happened[thawed + 1 :]) == [f"pack {it}.disks" for it in machines]
    assert list(contents.reflinked) == [f"{it}.disks" for it in machines]
    assert contents.sha256.keys() == {
        f"{it}.{tree}.tar.zst" for it in machines for tree in ("disks", "root")
    }
    host.write_all("after")
    checkpoints.restore(host.lab, "x", host.switch_off)
    assert host.seen() == before


def test_no_clone_stays_after_a_save_or_after_one_that_failed(
    host: Host, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.save(host.lab, "x")
    place = checkpoint_store.directory(host.lab)
    assert not [it for it in place.rglob("*") if it.name == "clones"]

    def full(archive: Path) -> Path:
        raise LabgenError(f"no space left for {archive.name}")

    monkeypatch.setattr(archives, "compress", full)
    with pytest.raises(LabgenError, match="no space left"):
        checkpoints.save(host.lab, "x")
    assert [it.name for it in place.glob("*/")] == ["x"]


def test_shared_images_are_not_cloned(host: Host, tmp_path: Path) -> None:
    home = disks.of_machine(host.lab, host.lab.machines[0])
    image = disks.IMAGES / "1"
    (home / disks.IMAGES / "2").mkdir()
    reflinks.clone(home, tmp_path / "clone", without=[image])
    found = sorted(it.name for it in (tmp_path / "clone" / disks.IMAGES).iterdir())
    assert found == ["2"]
    assert (tmp_path / "clone/etcd/db").read_text() == (home / "etcd/db").read_text()
    assert (home / IMAGE).exists()


def test_nothing_is_cloned_from_where_a_link_of_a_machine_leads(tmp_path: Path) -> None:
    tree, elsewhere = tmp_path / "tree", tmp_path / "elsewhere"
    for directory in (tree, elsewhere / "snapshots/1"):
        directory.mkdir(parents=True)
    (elsewhere / "secret").write_text("of this host")
    (tree / "containerd").symlink_to(elsewhere)
    reflinks.clone(tree, tmp_path / "clone", without=[Path("containerd/snapshots/1")])
    assert [it.name for it in (tmp_path / "clone").iterdir()] == ["containerd"]
    assert (tmp_path / "clone/containerd").is_symlink()


def test_a_tree_that_is_gone_or_without_data_is_not_cloned(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/empty").touch()
    for name in ("tree", "gone"):
        assert not reflinks.possible(tmp_path / name, tmp_path / "part")
    assert not list((tmp_path / "part").iterdir())
