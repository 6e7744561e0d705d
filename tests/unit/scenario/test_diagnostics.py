"""Each error in a scenario is reported with its position and a correction."""

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from labgen.errors import UsageError
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.host_environment import HostEnvironment, Route
from labgen.scenario.load import load

HERE = Path(__file__).parent
BAD = sorted(path.name for path in (HERE / "bad").glob("*.yaml"))


@pytest.mark.parametrize("name", BAD)
def test_bad_scenario_is_refused_with_exactly_the_expected_words(
    name: str, host_environment: HostEnvironment
) -> None:
    path = Path("bad") / name
    with pytest.raises(ScenarioInvalid) as caught:
        load(path, host_environment=host_environment)
    assert f"{caught.value}\n" == path.with_suffix(".expected").read_text()
    assert caught.value.exit_code == 2


def test_every_expectation_has_its_scenario() -> None:
    expected = {path.stem for path in Path("bad").glob("*.expected")}
    assert expected == {name.removesuffix(".yaml") for name in BAD}


def test_positions_lead_to_the_field_that_is_named(host_environment: HostEnvironment) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        load(Path("bad/everything-at-once.yaml"), host_environment=host_environment)
    text = Path("bad/everything-at-once.yaml").read_text().splitlines()
    found = []
    for line in caught.value.lines:
        _, row, column, *_ = line.split(":")
        found.append(text[int(row) - 1][int(column) - 1 :].split()[0].rstrip("}:"))
    assert found == ["Everything", "v1.20.0", "vxlam", "192.168.1.244", "2", "1GiB", "-1", "dsk"]


def test_without_known_versions_any_version_will_do() -> None:
    scenario = load(
        Path("good/other-version.yaml"), host_environment=HostEnvironment(known_versions=())
    )
    assert scenario.kubernetes.version == "v1.20.0"


def test_default_version_that_the_bundle_lacks_is_an_error_too() -> None:
    with pytest.raises(ScenarioInvalid, match=r":1:1: kubernetes\.version: the bundle lacks"):
        load(
            Path("good/minimal.yaml"), host_environment=HostEnvironment(known_versions=("v1.99.0",))
        )


def test_file_that_cannot_be_read_is_a_usage_error(host_environment: HostEnvironment) -> None:
    with pytest.raises(UsageError, match=r"cannot read good/absent\.yaml: No such file"):
        load(Path("good/absent.yaml"), host_environment=host_environment)


def test_endless_nesting_is_refused_and_does_not_crash(
    tmp_path: Path, host_environment: HostEnvironment
) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("name: " + "[" * 5000)
    with pytest.raises(ScenarioInvalid, match="nested too deeply"):
        load(path, host_environment=host_environment)


def test_a_default_that_the_host_uses_is_reported_with_its_option_and_no_line(
    host_environment: HostEnvironment,
) -> None:
    """As with a VPN to 10.96.0.0/12, kubeadm's default for Services, which nobody wrote."""
    vpn = Route(IPv4Network("10.96.0.0/12"), "tun1")
    ci = Route(IPv4Network("10.244.8.0/24"), "podman1", "podman's network ci")
    host = replace(host_environment, routes=(*host_environment.routes, vpn, ci))
    with pytest.raises(ScenarioInvalid) as caught:
        load(Path("good/minimal.yaml"), host_environment=host)
    assert caught.value.lines == (
        (
            "good/minimal.yaml: kubernetes.podSubnet: 10.244.0.0/16, the default, overlaps "
            "10.244.8.0/24, podman's network ci; use a range that this host does not use, "
            "for example -s kubernetes.podSubnet=10.128.0.0/16"
        ),
        (
            "good/minimal.yaml: kubernetes.serviceSubnet: 10.96.0.0/12, the default, overlaps "
            "10.96.0.0/12, a network that this host reaches through tun1; use a range that this "
            "host does not use, for example -s kubernetes.serviceSubnet=10.129.0.0/16"
        ),
    )
    helps = [line.split("-s ")[1] for line in caught.value.lines]
    assert load(Path("good/minimal.yaml"), overrides=helps, host_environment=host)
