"""A real kubectl and labgen write the same file."""

import shutil
from pathlib import Path

import pytest

from labgen.bundle.versions import KUBERNETES
from labgen.lab import user_kubeconfig
from labgen.lab.lab import Lab
from labgen.system import paths
from labgen.system.process import CommandFailed, run


def _kubectl() -> Path | None:
    bundled = sorted(paths.cache().glob(f"bundles/{KUBERNETES}-*/bin/kubectl"))
    found = shutil.which("kubectl")
    return bundled[0] if bundled else Path(found) if found else None


KUBECTL = _kubectl()  # before a test has moved the cache
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="no kubectl in a bundle or on PATH")


def _config(*words: str) -> str:
    assert KUBECTL
    return run([KUBECTL, "config", *words], timeout=30).stdout


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a user's kubeconfig, as kubectl writes it."""
    path = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", str(path))
    _config("set-cluster", "work", "--server=https://work.example")
    _config("set-credentials", "me", "--token=mine")
    _config("set-context", "work", "--cluster=work", "--user=me")
    _config("use-context", "work")
    return path


def test_kubectl_sees_what_labgen_added_and_nothing_else_changed(config: Path, demo: Lab) -> None:
    before = config.read_text()
    user_kubeconfig.add(demo)
    assert _config("current-context") == "work\n"
    assert _config("get-contexts", "--output=name").split() == ["labgen-demo", "work"]
    server = "jsonpath={.clusters[?(@.name=='labgen-demo')].cluster.server}"
    assert _config("view", f"--output={server}") == demo.server
    user_kubeconfig.remove(demo)
    assert config.read_text() == before


def test_what_kubectl_rewrote_and_renamed_is_still_the_labs(config: Path, demo: Lab) -> None:
    before = config.read_text()
    user_kubeconfig.add(demo)
    _config("rename-context", "labgen-demo", "mine")
    _config("set-context", "mine", "--namespace=kube-system")
    _config("use-context", "mine")
    assert not user_kubeconfig.add(demo)
    assert user_kubeconfig.remove(demo) == []
    assert config.read_text() == before.replace("current-context: work", 'current-context: ""')


@pytest.mark.parametrize("existing", [[], ["b"], ["a", "b"], ["c"]])
def test_of_several_files_labgen_writes_the_one_that_kubectl_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: list[str]
) -> None:
    monkeypatch.setenv("KUBECONFIG", ":".join(["", *(str(tmp_path / name) for name in "abc")]))
    for name in existing:
        (tmp_path / name).touch()
    expected = user_kubeconfig.path()
    _config("set-cluster", "work", "--server=https://work.example")
    assert [path for path in sorted(tmp_path.glob("?")) if path.read_text()] == [expected]


def test_kubectl_waits_for_labgens_lock_as_for_its_own(config: Path, demo: Lab) -> None:
    config.with_name("kubeconfig.lock").touch()
    with pytest.raises(CommandFailed, match=r"kubeconfig\.lock: file exists"):
        _config("use-context", "work")
