"""A user's kubeconfig that is odd, or that cannot be written: nothing of it is ever lost."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labgen.errors import HostUnfit, LabgenError
from labgen.lab import kubeconfig_file, user_kubeconfig
from labgen.lab.lab import Lab
from labgen.system import paths
from tests.unit.lab.samples import mode

OWN = b"kind: Config\napiVersion: v1\nusers:\n- name: me\n  user: {token: mine}\n"
REMEDY = "\n  repair it, or name another file by KUBECONFIG"
# What users have there, and what is said of it.
ODD: dict[str, tuple[bytes, str]] = {
    "UTF-16": (OWN.decode().encode("utf-16"), "line 1 has the byte 0xff, which is not UTF-8 text"),
    "Latin-1": (OWN + b"# M\xfcnchen\n", "line 6 has the byte 0xfc, which is not UTF-8 text"),
    "no YAML": (OWN + b"\tx: [\n", "line 6: not YAML: a tab stands here; indent with spaces"),
    "a list": (b"- a\n", "it is YAML, but not a mapping"),
    "text": (b"hello\n", "it is YAML, but not a mapping"),
    "no list": (b"clusters: {a: b}\n", "its clusters are not a list"),
    "no entries": (b"users: [a]\n", "its users are not a list of mappings with name, user"),
    "twice": (OWN + b"kind: x\n", "line 6: written twice, first on line 1; keep one of them"),
    "a tag": (OWN + b"x: !foo y\n", "line 6: the tag !foo means nothing here; remove it"),
    "two": (
        OWN + b"---\na: b\n",
        "line 6: a second document begins here; one is all there can be, remove the ---",
    ),
}


@pytest.fixture
def config() -> Path:
    path = user_kubeconfig.path()
    path.parent.mkdir(parents=True)
    path.write_bytes(OWN)
    return path


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let no file grow beyond a few bytes, as on a full disk. Python ignores SIGXFSZ."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(OWN), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_found_early_and_neither_changed_nor_in_the_way_of_down(
    config: Path, demo: Lab, name: str
) -> None:
    content, why = ODD[name]
    user_kubeconfig.add(demo)  # and then somebody wrote the file
    config.write_bytes(content)
    with pytest.raises(HostUnfit) as unfit:
        user_kubeconfig.ensure_usable("demo")
    assert str(unfit.value) == f"{config} cannot be used as a kubeconfig: {why}{REMEDY}"
    with pytest.raises(LabgenError):
        user_kubeconfig.add(demo)
    [left] = user_kubeconfig.remove(demo)
    assert left.splitlines() == [
        f"{config} was not changed: {why}",
        "  repair it, then labgen gc demo --remove",
        "  or take out by hand: cluster, user and context labgen-demo",
    ]
    assert config.read_bytes() == content


def test_a_directory_and_a_pipe_are_not_read(config: Path, demo: Lab) -> None:
    config.unlink()
    config.mkdir()
    with pytest.raises(HostUnfit, match="it is a directory"):
        user_kubeconfig.ensure_usable("demo")
    config.rmdir()
    os.mkfifo(config)
    with pytest.raises(HostUnfit, match="it is not a regular file"):
        user_kubeconfig.ensure_usable("demo")
    assert user_kubeconfig.remove(demo) == []  # nothing was ever added


def test_a_directory_that_cannot_be_is_found_early(config: Path) -> None:
    os.environ["KUBECONFIG"] = f"{config}/x/y"  # removed again by the fixture of all tests
    with pytest.raises(HostUnfit, match=f"{config} is not a directory|Not a directory"):
        user_kubeconfig.ensure_usable("demo")


def test_a_full_disk_loses_nothing(config: Path, demo: Lab) -> None:
    with _full_disk(), pytest.raises(LabgenError, match="cannot be written: File too"):
        kubeconfig_file.change(config, lambda content: content.update(more="x" * 1000))
    assert config.read_bytes() == OWN
    assert [path.name for path in config.parent.iterdir()] == ["config"]


def test_a_full_disk_loses_nothing_of_a_file_with_two_names(config: Path, tmp_path: Path) -> None:
    (tmp_path / "second").hardlink_to(config)
    with _full_disk(), pytest.raises(LabgenError, match="cannot be written: File too"):
        kubeconfig_file.change(config, lambda content: content.update(more="x" * 1000))
    assert config.read_bytes() == OWN
    kubeconfig_file.change(config, lambda content: content.update(more="x"))
    assert (tmp_path / "second").read_bytes() == OWN + b"more: x\n"


def test_mode_owner_and_links_stay(config: Path, demo: Lab, tmp_path: Path) -> None:
    real = config.rename(tmp_path / "real")
    real.chmod(0o640)
    owned = os.geteuid() == 0
    if owned:
        os.chown(real, 1234, 1235)
    config.symlink_to(real)
    user_kubeconfig.add(demo)
    assert config.is_symlink()
    assert mode(real) == 0o640
    assert not owned or (real.stat().st_uid, real.stat().st_gid) == (1234, 1235)
    user_kubeconfig.remove(demo)
    assert config.is_symlink()
    assert b"token: mine" in real.read_bytes()


def test_a_dangling_link_stays_a_link_and_gets_its_file_back(
    config: Path, demo: Lab, tmp_path: Path
) -> None:
    config.unlink()
    config.symlink_to(tmp_path / "real")
    assert user_kubeconfig.add(demo)
    assert config.is_symlink()
    assert b"labgen-demo" in (tmp_path / "real").read_bytes()
    user_kubeconfig.remove(demo)
    assert config.is_symlink()
    assert not config.exists()


def test_a_link_to_nowhere_is_found_early(config: Path, tmp_path: Path) -> None:
    config.unlink()
    config.symlink_to(tmp_path / "usb/config")
    with pytest.raises(HostUnfit, match=f"a link to {tmp_path}/usb/config, whose directory does n"):
        user_kubeconfig.ensure_usable("demo")
    assert not (tmp_path / "usb").exists()


def test_a_mark_at_the_beginning_of_the_text_stays(config: Path, demo: Lab) -> None:
    config.write_bytes(b"\xef\xbb\xbf" + OWN)
    user_kubeconfig.add(demo)
    assert config.read_bytes().startswith(b"\xef\xbb\xbfkind: Config\n")


def _locked(config: Path, age: float = 7200) -> Path:
    lock = config.with_name("config.lock")
    lock.touch(mode=0)
    os.utime(lock, (time.time() - age,) * 2)
    return lock


def test_a_stale_lock_of_kubectl_is_one_error_with_its_remedy(
    config: Path, demo: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeconfig_file, "LOCK_TIMEOUT", 0.2)
    lock = _locked(config)
    calls: list[Callable[[], object]] = [
        lambda: user_kubeconfig.ensure_usable("demo"),
        lambda: user_kubeconfig.add(demo),
    ]
    for call in calls:
        with pytest.raises(LabgenError) as failed:
            call()
        assert str(failed.value) == (
            f"{config} cannot be used as a kubeconfig: "
            f"{lock} has been there for 2 h; its holder is unknown\n"
            f"  if no kubectl is running, remove it: rm {lock}"
        )
    assert config.read_bytes() == OWN
    assert lock.exists()


def test_a_stale_lock_does_not_keep_a_lab(
    config: Path, demo: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeconfig_file, "LOCK_TIMEOUT", 0.2)
    user_kubeconfig.add(demo)
    lock = _locked(config)
    [left] = user_kubeconfig.remove(demo)
    assert left.splitlines()[1:] == [
        f"  if no kubectl is running, remove it: rm {lock}, then labgen gc demo --remove",
        "  or take out by hand: cluster, user and context labgen-demo",
    ]
    lock.unlink()
    assert user_kubeconfig.remove(demo) == []
    _locked(config)
    assert user_kubeconfig.remove(demo) == []  # nothing to change, so no lock is needed


def test_the_lock_is_kubectls_and_is_given_back(config: Path) -> None:
    def edit(content: dict[str, object]) -> None:
        content["more"] = "x"
        seen.append(config.with_name("config.lock").exists())

    seen: list[bool] = []
    assert kubeconfig_file.change(config, edit)
    assert seen[0] is False  # whether there is anything to do is found out without it
    assert seen[-1] is True
    assert not config.with_name("config.lock").exists()


def test_without_a_home_one_sentence_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    with pytest.raises(LabgenError, match="HOME is not set") as failed:
        paths.home()
    assert failed.value.hint == "set HOME, or LABGEN_HOME and KUBECONFIG"
