"""Whose an entry of a kubeconfig is: what the user renamed, added, or had before."""

import base64
from pathlib import Path

import pytest

from labgen.errors import HostUnfit
from labgen.lab import ownership, store, user_kubeconfig
from labgen.lab.lab import Lab
from labgen.system import host
from tests.unit.lab.samples import made, with_keys

FOREIGN = """\
kind: Config
apiVersion: v1
clusters:
- name: home
  cluster: {server: 'https://labgen-demo:6443'}
contexts:
- name: labgen-demo-of-mine
  context: {cluster: home, user: labgen-demo@home}
users:
- name: labgen-demo@home
  user: {token: labgen-demo}
"""


@pytest.fixture
def config() -> Path:
    path = user_kubeconfig.path()
    path.parent.mkdir(parents=True)
    return path


def test_a_cluster_whose_address_has_the_labs_name_is_not_the_labs(config: Path, demo: Lab) -> None:
    config.write_text(FOREIGN)
    assert not user_kubeconfig.present(demo)
    user_kubeconfig.add(demo)
    assert user_kubeconfig.remove(demo) == []
    assert config.read_text() == FOREIGN + 'current-context: ""\n'


def test_a_context_that_was_renamed_goes_with_the_lab(config: Path, demo: Lab) -> None:
    user_kubeconfig.add(demo)
    text = config.read_text()
    config.write_text(
        text.replace(
            "  name: labgen-demo\ncurrent-context: labgen-demo",
            "  name: mine\ncurrent-context: mine",
        )
    )
    assert "name: mine" in config.read_text()
    assert not user_kubeconfig.add(demo)  # it is the lab's under any name
    assert user_kubeconfig.remove(demo) == []
    assert not config.exists()


def test_a_second_context_of_the_users_own_stays_and_is_told_of(config: Path, demo: Lab) -> None:
    config.write_text(FOREIGN)
    user_kubeconfig.add(demo)
    own = "- name: dev\n  context: {cluster: labgen-demo, user: labgen-demo}\n"
    config.write_text(config.read_text().replace("contexts:\n", f"contexts:\n{own}"))
    [left] = user_kubeconfig.remove(demo)
    assert left == (
        f"context dev in {config} is yours and stays, but its cluster is gone; to remove it: "
        f"kubectl config --kubeconfig={config} delete-context dev"
    )
    assert own in config.read_text()
    assert not user_kubeconfig.present(demo)


def test_an_entry_that_labgen_did_not_add_is_not_replaced(config: Path, demo: Lab) -> None:
    content = FOREIGN.replace("name: home", "name: labgen-demo")
    config.write_text(content)
    with pytest.raises(HostUnfit) as unfit:
        user_kubeconfig.ensure_usable("demo")
    what, hint = str(unfit.value).split("\n", 1)
    assert what == (
        f"{config} cannot be used as a kubeconfig: "
        "it has a cluster labgen-demo that this lab did not add"
    )
    assert hint == (
        "  use another name for this lab: --name OTHER\n  or, if nobody needs it: "
        f"kubectl config --kubeconfig={config} delete-cluster labgen-demo"
    )
    assert user_kubeconfig.remove(demo) == []
    assert config.read_text() == content


def test_the_context_of_a_lab_of_the_same_name_elsewhere_is_not_replaced(
    config: Path, demo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_kubeconfig.add(demo)
    before, place = config.read_text(), demo.directory
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "elsewhere"))
    with_keys(made(name="demo"))
    with pytest.raises(HostUnfit, match=f"cluster labgen-demo of the lab at {place}"):
        user_kubeconfig.ensure_usable("demo")
    assert config.read_text() == before


def test_the_context_of_a_lab_that_no_longer_exists_is_replaced(
    config: Path, demo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_kubeconfig.add(demo)
    store.remove(demo)
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "elsewhere"))
    other = with_keys(made(name="demo"))
    user_kubeconfig.ensure_usable("demo")
    assert user_kubeconfig.add(other)
    assert config.read_text().count("name: labgen-demo\n") == 3
    assert config.read_text().count(str(other.directory)) == 3


def test_the_context_of_an_older_labgen_is_known_by_its_ca(config: Path, demo: Lab) -> None:
    ca = base64.b64encode((demo.keys / "ca.crt").read_bytes()).decode()
    config.write_text(
        f"clusters: [{{name: labgen-demo, cluster: {{certificate-authority-data: {ca}}}}}]\n"
        "contexts: [{name: labgen-demo, context: {cluster: labgen-demo, user: labgen-demo}}]\n"
        "users: [{name: labgen-demo, user: {client-certificate-data: eA==}}]\n"
    )
    user_kubeconfig.ensure_usable("demo")
    assert user_kubeconfig.present(demo) == config
    assert user_kubeconfig.remove(demo) == []
    assert "labgen-demo" not in config.read_text()


def test_gc_finds_the_contexts_of_labs_whose_directory_is_gone(config: Path, demo: Lab) -> None:
    config.write_text(FOREIGN)
    user_kubeconfig.add(demo)
    owner = ownership.owner(demo)
    assert list(user_kubeconfig.marked()) == [("labgen-demo", config, owner)]
    store.remove(demo)
    user_kubeconfig.remove_from(config, owner)
    assert list(user_kubeconfig.marked()) == []
    assert config.read_text() == FOREIGN + 'current-context: ""\n'


def test_the_mark_of_the_same_lab_from_before_its_host_had_another_identity_is_replaced(
    config: Path, demo: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kubectl reads no file in which an entry has two extensions of one name."""
    user_kubeconfig.add(demo)
    monkeypatch.setattr(host, "identity", lambda: "another")
    assert user_kubeconfig.add(demo)
    assert config.read_text().count("name: labgen\n") == len(("cluster", "user", "context"))
    assert user_kubeconfig.remove(demo) == []
    assert not config.exists()


@pytest.mark.parametrize("extensions", ["5", "yes", "{name: labgen}", "[5, {name: labgen}]"])
def test_extensions_that_kubectl_would_not_read_are_nobodys(
    config: Path, demo: Lab, extensions: str
) -> None:
    text = f"clusters:\n- name: other\n  cluster: {{server: x, extensions: {extensions}}}\n"
    config.write_text(text)
    assert user_kubeconfig.present(demo) is None
    assert user_kubeconfig.remove(demo) == []
    assert config.read_text() == text
