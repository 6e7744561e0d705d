"""The lab's context in the user's kubeconfig: added, removed, and everything else kept."""

from functools import partial
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from labgen.lab import user_kubeconfig
from labgen.lab.lab import Lab
from labgen.system.parallel import gather
from tests.unit.lab.samples import REMOTE, lab, made, mode, with_keys

# As kubectl writes it.
WORK = """\
apiVersion: v1
clusters:
- cluster:
    server: https://work.example
  name: work
contexts:
- context:
    cluster: work
    user: me
  name: work
current-context: work
kind: Config
users:
- name: me
  user:
    token: mine
"""

OWN_HAND = """\
# of my team
kind: Config
apiVersion: v1
current-context: 'work'
clusters:
  - name: work  # Berlin
    cluster: {server: "https://work.example"}
users:
  - {name: me, user: {token: "0x1f"}}
contexts:
  # the only one
  - name: work
    context: {cluster: work, user: me}
"""

# Comments below lists, which ruamel.yaml keeps at the last value of the last entry.
BLOCKS = """\
clusters:
- cluster:
    server: x
  name: on
# contexts
contexts:
# mine
- context:
    cluster: on
    user: me
  name: on # home
# users
users:
- name: me
  user: {token: x}
# current
# one
current-context: on
# end
"""
EMPTY = """\
clusters: []
# contexts
contexts: []
users: []
# current
current-context: ""
# end
"""
OTHER_ORDER = """\
current-context: on
users: []
contexts: []
# clusters
clusters:
- name: on
  cluster: {server: x}
# end
# of all
"""


@pytest.fixture
def config() -> Path:
    """Return a user's kubeconfig with another cluster."""
    path = user_kubeconfig.path()
    path.parent.mkdir(parents=True)
    path.write_text(WORK)
    return path


def _contexts(path: Path) -> list[str]:
    document = YAML(typ="safe").load(path) or {}
    return [context["name"] for context in document.get("contexts") or []]


def test_the_context_is_added_and_removed_and_all_else_stays(config: Path, demo: Lab) -> None:
    before = config.read_text()
    assert user_kubeconfig.add(demo)
    assert _contexts(config) == ["work", "labgen-demo"]
    assert "current-context: work\n" in config.read_text()
    assert user_kubeconfig.present(demo)
    user_kubeconfig.remove(demo)
    assert config.read_text() == before
    assert not user_kubeconfig.present(demo)


def test_adding_again_changes_nothing(config: Path, demo: Lab) -> None:
    user_kubeconfig.add(demo)
    assert not user_kubeconfig.add(demo)


def test_where_there_is_no_kubeconfig_the_lab_becomes_current_and_none_of_it_stays(
    tmp_path: Path, demo: Lab
) -> None:
    path = tmp_path / "user/.kube/config"
    assert user_kubeconfig.add(demo)
    assert "current-context: labgen-demo\n" in path.read_text()
    assert mode(path) == 0o600
    user_kubeconfig.remove(demo)
    assert not path.exists()


def test_a_file_that_labs_share_and_that_was_made_for_one_goes_with_the_last(demo: Lab) -> None:
    other = with_keys(made(name="other"))
    path = user_kubeconfig.path()
    user_kubeconfig.add(demo)
    user_kubeconfig.add(other)
    user_kubeconfig.remove(demo)
    assert _contexts(path) == ["labgen-other"]
    user_kubeconfig.remove(other)
    assert not path.exists()


@pytest.mark.parametrize("before", ["", "apiVersion: v1\nkind: Config\n"])
def test_a_file_that_was_the_users_stays_though_nothing_is_in_it(demo: Lab, before: str) -> None:
    path = user_kubeconfig.path()
    path.parent.mkdir(parents=True)
    path.write_text(before)
    user_kubeconfig.add(demo)
    user_kubeconfig.remove(demo)
    assert path.exists()
    assert "labgen" not in path.read_text()


def test_a_file_that_got_something_of_the_users_stays(demo: Lab) -> None:
    path = user_kubeconfig.path()
    user_kubeconfig.add(demo)
    path.write_text(path.read_text() + "preferences: {colors: true}\n")
    user_kubeconfig.remove(demo)
    assert "colors: true" in path.read_text()


def test_the_context_works_without_the_labs_files(config: Path, demo: Lab) -> None:
    user_kubeconfig.add(demo)
    assert f": {demo.directory}" not in config.read_text()  # no certificate-authority: FILE
    assert f"server: https://{demo.endpoint}\n" in config.read_text()


def test_the_api_of_a_lab_elsewhere_is_reached_here_and_checked_against_the_vip(
    config: Path,
) -> None:
    user_kubeconfig.add(with_keys(made(overrides=REMOTE)))
    assert "server: https://127.89.0.244:8443\n" in config.read_text()
    assert "tls-server-name: 10.89.0.244\n" in config.read_text()


def test_a_lab_is_not_taken_for_one_whose_name_begins_like_its_own(config: Path, demo: Lab) -> None:
    other = with_keys(made(name="demo-2"))
    user_kubeconfig.add(demo)
    user_kubeconfig.add(other)
    user_kubeconfig.remove(demo)
    assert not user_kubeconfig.present(demo)
    assert _contexts(config) == ["work", "labgen-demo-2"]


def test_labs_that_come_up_at_the_same_moment_all_get_their_context(config: Path) -> None:
    labs = [with_keys(made(name=name)) for name in ("one", "three", "two")]
    gather({sample.name: partial(user_kubeconfig.add, sample) for sample in labs})
    assert sorted(_contexts(config)) == [*(sample.context for sample in labs), "work"]


def test_removing_what_is_not_there_creates_nothing(home: Path) -> None:
    user_kubeconfig.remove(lab())
    assert not user_kubeconfig.present(lab())
    assert not user_kubeconfig.path().exists()


def test_a_lab_is_removed_from_each_file_that_it_was_added_to(
    config: Path, demo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_kubeconfig.add(demo)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "other"))
    user_kubeconfig.add(demo)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "third"))
    assert user_kubeconfig.remove(demo) == []
    assert config.read_text() == WORK
    assert not (tmp_path / "other").exists()


def test_the_current_context_of_any_file_stays_current(
    config: Path, demo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    first.write_text("")
    monkeypatch.setenv("KUBECONFIG", f"{first}:{config}")
    user_kubeconfig.add(demo)
    assert "current-context" not in first.read_text()
    assert config.read_text() == WORK


@pytest.mark.parametrize("text", [BLOCKS, EMPTY, OTHER_ORDER])
def test_comments_below_what_the_lab_added_stay(config: Path, demo: Lab, text: str) -> None:
    config.write_text(f"# top\nkind: Config\napiVersion: v1\n{text}")
    before = config.read_text()
    user_kubeconfig.add(demo)
    added = config.read_text()
    assert [it for it in before.splitlines() if "#" in it and it not in added.splitlines()] == []
    user_kubeconfig.remove(demo)
    assert config.read_text() == before


def test_a_comment_above_the_users_own_entry_below_the_labs_stays(config: Path, demo: Lab) -> None:
    config.unlink()
    user_kubeconfig.add(demo)
    own = "# of my team\n- name: work\n  cluster: {server: x}\n"
    config.write_text(config.read_text().replace("users:\n", f"{own}users:\n", 1))
    user_kubeconfig.remove(demo)
    assert f"clusters:\n{own}users: []\n" in config.read_text()


def test_comments_order_quotes_and_indentation_of_the_user_stay(config: Path, demo: Lab) -> None:
    config.write_text(OWN_HAND)
    user_kubeconfig.add(demo)
    added = config.read_text()
    assert [line for line in OWN_HAND.splitlines() if line not in added.splitlines()] == []
    assert "\n  - cluster:\n" in added
    user_kubeconfig.remove(demo)
    assert config.read_text() == OWN_HAND


def test_what_the_user_added_to_the_labs_entries_stays(config: Path, demo: Lab) -> None:
    user_kubeconfig.add(demo)
    text = config.read_text().replace(
        "user: labgen-demo\n", "user: labgen-demo\n    namespace: x\n"
    )
    config.write_text(text)
    (demo.keys / "admin.crt").write_text("renewed")
    assert user_kubeconfig.add(demo)
    assert "namespace: x" in config.read_text()
    assert "cmVuZXdlZA==" in config.read_text()


def test_dev_null_stays_a_device(demo: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/dev/null")
    user_kubeconfig.ensure_usable("demo")
    assert not user_kubeconfig.add(demo)
    assert user_kubeconfig.remove(demo) == []
    assert Path("/dev/null").is_char_device()
