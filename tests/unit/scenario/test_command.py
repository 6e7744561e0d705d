"""labgen scenario list | show | validate | schema."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from labgen.cli import scenario as command
from labgen.cli import session
from labgen.scenario.host_environment import Route


@pytest.fixture(autouse=True)
def quiet_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a host with one route, so that the real host does not influence the test."""
    routes = (Route(IPv4Network("192.168.7.0/24"), "eth0"),)
    monkeypatch.setattr(session, "host_routes", lambda: routes)


def labgen(*words: str) -> Result:
    return CliRunner().invoke(command.scenario, words, obj=session.Session())


def test_list_shows_names_and_descriptions() -> None:
    result = labgen("list")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "ha-3x3 3 control planes behind a VIP, 3 workers" in lines
    assert result.exit_code == 0


def test_list_survives_a_broken_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "broken.yaml").touch()
    result = labgen("list")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "broken (has errors: labgen scenario validate broken)" in lines
    assert "ha-3x3" in result.output


def test_show_prints_the_whole_scenario_with_overrides() -> None:
    result = labgen("show", "single", "-s", "kubernetes.cni.backend=host-gw")
    assert result.exit_code == 0
    assert result.output.startswith("apiVersion: labgen/v1\n")
    assert "    backend: host-gw\n" in result.output
    assert "    advertInterval: 100ms\n" in result.output


def test_validate_says_ok() -> None:
    result = labgen("validate", "ha-3x3")
    assert (result.output, result.exit_code) == ("ok\n", 0)


def test_validate_prints_all_errors_and_exits_2() -> None:
    result = labgen("validate", "bad/vip-on-machine.yaml", "-s", "network.apiPort=22")
    assert result.output.splitlines() == [
        Path("bad/vip-on-machine.expected").read_text().rstrip(),
        (
            "-s network.apiPort=22: network.apiPort: 22 is used by sshd on every control plane; "
            "use another, such as 8443"
        ),
    ]
    assert result.exit_code == 2


def test_validate_knows_the_bundles_versions_and_the_hosts_routes() -> None:
    overrides = ("-s", "kubernetes.version=v1.36.4", "-s", "network.subnet=192.168.7.0/24")
    result = labgen("validate", "single", *overrides)
    assert "the bundle lacks v1.36.4; use v1.37.2" in result.output
    assert "a network that this host reaches through eth0" in result.output
    assert result.exit_code == 2
