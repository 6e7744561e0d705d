"""The ssh_config, as OpenSSH itself reads it."""

import shutil
from pathlib import Path

import pytest

from labgen.lab import keys
from labgen.lab.lab import Lab
from labgen.render.ssh_config import ssh_config
from labgen.system.process import run
from tests.unit.lab.samples import REMOTE, lab

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh on this host")


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    """Return the options that ssh would use for node2."""
    return _options(tmp_path, lab("ha-3x3"))


def _options(tmp_path: Path, sample: Lab) -> dict[str, str]:
    config = tmp_path / "config"
    config.write_text(ssh_config(sample, Path("/run/labgen/x")))
    lines = run(["ssh", "-F", config, "-G", "node2"], timeout=30).stdout.splitlines()
    return {name: value for name, _, value in (line.partition(" ") for line in lines)}


def test_a_machine_is_reached_by_its_name_as_root_with_the_labs_key(
    options: dict[str, str],
) -> None:
    assert (options["hostname"], options["user"]) == ("10.89.0.7", "root")
    assert options["identityfile"] == str(keys.client_key(lab("ha-3x3")))
    assert options["identitiesonly"] == "yes"


def test_host_keys_are_checked_against_the_labs_own_and_nobody_is_asked(
    options: dict[str, str],
) -> None:
    assert options["stricthostkeychecking"] in {"true", "yes"}
    assert options["userknownhostsfile"] == str(keys.known_hosts(lab("ha-3x3")))
    assert options["globalknownhostsfile"] == "/dev/null"
    assert options["batchmode"] == "yes"


def test_connections_are_shared_and_a_dead_machine_is_noticed(options: dict[str, str]) -> None:
    assert options["controlpath"] == "/run/labgen/x/node2"
    assert options["controlmaster"] in {"true", "auto"}
    assert int(options["serveraliveinterval"]) * int(options["serveralivecountmax"]) <= 10


def test_a_machine_elsewhere_is_reached_through_its_host_with_the_users_own_ssh(
    tmp_path: Path, options: dict[str, str]
) -> None:
    """Assert that the machine itself gets only the lab's key."""
    assert "proxycommand" not in options
    elsewhere = _options(tmp_path, lab("ha-3x3", *REMOTE))
    way = elsewhere.pop("proxycommand")
    assert way.startswith("ssh -o BatchMode=yes ")
    assert way.endswith(" -l root -W '[%h]:%p' bighost")
    assert elsewhere.pop("hostname") == "10.89.0.7"
    assert {name: options[name] for name in elsewhere} == elsewhere


@pytest.mark.parametrize("odd", ["a b", "100%h", "it's", "labs-ö-日本", "a, b & (c)"])
def test_an_odd_path_of_the_state_is_read_as_it_is(
    odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / odd))
    sample = lab("ha-3x3")
    (config := tmp_path / "config").write_text(ssh_config(sample, tmp_path / odd / "run"))
    read = run(["ssh", "-F", config, "-G", "node2"], timeout=30).stdout.splitlines()
    told = {name: text.replace("%%", "%") for name, _, text in (it.partition(" ") for it in read)}
    assert told["identityfile"] == str(keys.client_key(sample))
    assert told["userknownhostsfile"] == str(keys.known_hosts(sample))
    assert told["controlpath"] == str(tmp_path / odd / "run/node2")
