"""Inventories: each error is reported with its position, and defaults are filled in."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.inventory.load import load
from labgen.scenario.diagnostics import ScenarioInvalid

BAD = sorted(path.stem for path in (Path(__file__).parent / "bad").glob("*.yaml"))
GOOD = """
user: admin
key: keys/site
sudoPasswordFile: ~/sudo.password
hosts:
  - {address: 192.168.0.3, name: rack3, user: root, port: 2222}
  - {address: 192.168.0.4}
"""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)


@pytest.mark.parametrize("name", BAD)
def test_bad_inventory_is_refused_with_exactly_the_expected_words(name: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        load(Path("bad") / f"{name}.yaml")
    assert f"{caught.value}\n" == (Path("bad") / f"{name}.expected").read_text()
    assert caught.value.exit_code == 2


def test_login_of_the_file_is_that_of_machines_without_their_own(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(GOOD)
    found = load(path)
    (name, first), (nameless, second) = found.hosts
    assert (name, nameless) == ("rack3", "")
    assert (first.user, first.port, second.user, second.port) == ("root", 2222, "admin", 22)
    assert second.key == tmp_path / "keys/site"
    assert second.sudo_password_file == Path("~/sudo.password").expanduser()
    assert (found.kubeconfig, found.vip, found.port) == (None, None, None)


def test_kubeconfig_alone_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text("kubeconfig: admin.conf\nvip: 192.168.0.244\napiPort: 8443\n")
    found = load(path)
    assert (found.hosts, found.kubeconfig) == ((), tmp_path / "admin.conf")
    assert (found.vip, found.port) == (IPv4Address("192.168.0.244"), 8443)


def test_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*: No such file"):
        load(tmp_path / "absent.yaml")
