"""The lab's context in the user's kubeconfig, with a real kubectl."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from labgen.bundle.versions import KUBERNETES
from labgen.lab import user_kubeconfig
from labgen.lab.lab import Lab
from labgen.system import paths
from labgen.system.parallel import gather
from labgen.system.process import run
from tests.unit.lab.samples import REMOTE, lab, made, mode

PEMS = ("ca.crt", "admin.crt", "admin.key")


def _kubectl() -> Path | None:
    bundled = sorted(paths.cache().glob(f"bundles/{KUBERNETES}-*/bin/kubectl"))
    found = shutil.which("kubectl")
    return bundled[0] if bundled else Path(found) if found else None


KUBECTL = _kubectl()  # before a test has moved the cache
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="no kubectl in a bundle or on PATH")


@pytest.fixture
def kubectl() -> Path:
    assert KUBECTL
    return KUBECTL


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate and its key, because kubectl embeds only what it can parse."""
    directory = tmp_path_factory.mktemp("pems")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x"]
    out = ["-keyout", "admin.key", "-out", "admin.crt"]
    run(["openssl", "req", "-x509", *key, *out], timeout=30, cwd=directory)
    shutil.copy(directory / "admin.crt", directory / "ca.crt")
    return directory


def _with_keys(sample: Lab, pems: Path) -> Lab:
    for name in PEMS:
        shutil.copy(pems / name, sample.keys / name)
    return sample


@pytest.fixture
def demo(pems: Path) -> Lab:
    return _with_keys(made(name="demo"), pems)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kubectl: Path) -> Path:
    """Return a user's kubeconfig with another cluster, as kubectl writes it."""
    path = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", str(path))
    for words in (
        ["set-cluster", "work", "--server=https://work.example"],
        ["set-credentials", "me", "--token=mine"],
        ["set-context", "work", "--cluster=work", "--user=me"],
        ["use-context", "work"],
    ):
        run([kubectl, "config", *words], timeout=30)
    return path


def _contexts(path: Path) -> list[str]:
    document = YAML(typ="safe").load(path) or {}
    return [context["name"] for context in document.get("contexts") or []]


def test_the_context_is_added_and_removed_and_all_else_stays(
    config: Path, demo: Lab, kubectl: Path
) -> None:
    before = config.read_text()
    assert user_kubeconfig.add(demo, kubectl)
    assert _contexts(config) == ["labgen-demo", "work"]
    assert "current-context: work\n" in config.read_text()
    assert user_kubeconfig.present(demo)
    user_kubeconfig.remove(demo, kubectl)
    assert config.read_text() == before
    assert not user_kubeconfig.present(demo)


def test_adding_again_changes_nothing(config: Path, demo: Lab, kubectl: Path) -> None:
    user_kubeconfig.add(demo, kubectl)
    assert not user_kubeconfig.add(demo, kubectl)


def test_where_there_is_no_kubeconfig_the_lab_becomes_current_and_none_of_it_stays(
    tmp_path: Path, demo: Lab, kubectl: Path
) -> None:
    path = tmp_path / "user/.kube/config"
    assert user_kubeconfig.add(demo, kubectl)
    assert "current-context: labgen-demo\n" in path.read_text()
    assert mode(path) == 0o600
    user_kubeconfig.remove(demo, kubectl)
    assert not path.exists()


def test_a_file_that_labs_share_and_that_was_made_for_one_goes_with_the_last(
    demo: Lab, kubectl: Path, pems: Path
) -> None:
    other = _with_keys(made(name="other"), pems)
    path = user_kubeconfig.path()
    user_kubeconfig.add(demo, kubectl)
    user_kubeconfig.add(other, kubectl)
    user_kubeconfig.remove(demo, kubectl)
    assert _contexts(path) == ["labgen-other"]
    user_kubeconfig.remove(other, kubectl)
    assert not path.exists()


@pytest.mark.parametrize("before", ["", "apiVersion: v1\nkind: Config\n"])
def test_a_file_that_was_the_users_stays_though_nothing_is_in_it(
    demo: Lab, kubectl: Path, before: str
) -> None:
    path = user_kubeconfig.path()
    path.parent.mkdir(parents=True)
    path.write_text(before)
    user_kubeconfig.add(demo, kubectl)
    user_kubeconfig.remove(demo, kubectl)
    assert path.exists()
    assert "labgen" not in path.read_text()


def test_a_file_that_got_something_of_the_users_stays(demo: Lab, kubectl: Path) -> None:
    path = user_kubeconfig.path()
    user_kubeconfig.add(demo, kubectl)
    run([kubectl, "config", f"--kubeconfig={path}", "set", "users.me.token", "mine"], timeout=30)
    user_kubeconfig.remove(demo, kubectl)
    assert "token: mine" in path.read_text()


def test_the_context_works_without_the_labs_files(config: Path, demo: Lab, kubectl: Path) -> None:
    user_kubeconfig.add(demo, kubectl)
    assert str(demo.directory) not in config.read_text()
    assert f"server: https://{demo.endpoint}\n" in config.read_text()


def test_the_api_of_a_lab_elsewhere_is_reached_here_and_checked_against_the_vip(
    config: Path, kubectl: Path, pems: Path
) -> None:
    user_kubeconfig.add(_with_keys(made(overrides=REMOTE), pems), kubectl)
    assert "server: https://127.89.0.244:8443\n" in config.read_text()
    assert "tls-server-name: 10.89.0.244\n" in config.read_text()


def test_a_lab_is_not_taken_for_one_whose_name_begins_like_its_own(
    config: Path, demo: Lab, kubectl: Path, pems: Path
) -> None:
    other = _with_keys(made(name="demo-2"), pems)
    user_kubeconfig.add(demo, kubectl)
    user_kubeconfig.add(other, kubectl)
    user_kubeconfig.remove(demo, kubectl)
    assert not user_kubeconfig.present(demo)
    assert _contexts(config) == ["labgen-demo-2", "work"]


def test_labs_that_come_up_at_the_same_moment_all_get_their_context(
    config: Path, kubectl: Path, pems: Path
) -> None:
    labs = [_with_keys(made(name=name), pems) for name in ("one", "three", "two")]
    gather({sample.name: partial(user_kubeconfig.add, sample, kubectl) for sample in labs})
    assert _contexts(config) == [*(sample.context for sample in labs), "work"]


def test_the_first_of_several_files_is_the_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", ":/first:/second")
    assert user_kubeconfig.path() == Path("/first")


def test_removing_what_is_not_there_needs_no_kubectl(tmp_path: Path) -> None:
    user_kubeconfig.remove(lab(), tmp_path / "no-kubectl")
    assert not user_kubeconfig.present(lab())
