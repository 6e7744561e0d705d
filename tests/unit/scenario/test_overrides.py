"""Overrides go through the same checks as the file, and are named in the errors that they cause."""

from pathlib import Path

import pytest

from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load

BASE = Path("good/everything-set.yaml")


def refused(host_environment: HostEnvironment, *overrides: str, path: Path = BASE) -> list[str]:
    with pytest.raises(ScenarioInvalid) as caught:
        load(path, overrides=overrides, host_environment=host_environment)
    return list(caught.value.lines)


@pytest.mark.parametrize("key", ["machines.1.count", "machines[1].count"])
def test_lists_are_indexed_with_dots_or_brackets(
    key: str, host_environment: HostEnvironment
) -> None:
    scenario = load(BASE, overrides=(f"{key}=1",), host_environment=host_environment)
    assert [machine.name for machine in scenario.machines] == [
        "cp-1",
        "cp-2",
        "cp-3",
        "11",
        "cp1",
        "cp2",
    ]
    assert scenario.overrides == (f"{key}=1",)


def test_values_are_yaml_and_may_be_whole_mappings(host_environment: HostEnvironment) -> None:
    overrides = ("network={subnet: 192.168.60.0/24, apiPort: 7443}", "network.vip=192.168.60.99")
    scenario = load(BASE, overrides=overrides, host_environment=host_environment)
    assert str(scenario.network.subnet) == "192.168.60.0/24"
    assert str(scenario.network.vip) == "192.168.60.99"
    assert scenario.network.api_port == 7443


def test_parents_that_the_file_lacks_are_made(host_environment: HostEnvironment) -> None:
    overrides = ("kubernetes.cni.backend=host-gw",)
    scenario = load(
        Path("good/minimal.yaml"), overrides=overrides, host_environment=host_environment
    )
    assert scenario.kubernetes.cni.backend == "host-gw"


def test_the_last_override_wins(host_environment: HostEnvironment) -> None:
    overrides = ("network.apiPort=7001", "network.apiPort=7002")
    assert (
        load(BASE, overrides=overrides, host_environment=host_environment).network.api_port == 7002
    )


def test_an_override_can_mend_the_file(host_environment: HostEnvironment) -> None:
    path = Path("bad/two-control-planes.yaml")
    scenario = load(path, overrides=("machines[0].count=3",), host_environment=host_environment)
    assert len(scenario.machines) == 3


@pytest.mark.parametrize(
    ("override", "error"),
    [
        (
            "kubernetes.cni.backend=foo",
            "kubernetes.cni.backend: 'foo' is not known; use vxlan or host-gw",
        ),
        (
            "kubernetes.cni.backed=vxlan",
            "kubernetes.cni.backed: unknown key; did you mean backend?",
        ),
        ("network.apiPort=", "network.apiPort: expected a whole number, found nothing"),
        (
            "machines[2].count=1",
            (
                "machines[2].count: 4 control planes tolerate no more failures than 3 "
                "(etcd needs a majority); use 1, 3 or 5"
            ),
        ),
        (
            "machines[1].role=control-plane",
            (
                "machines[1].memory: 512MiB is under kubeadm's minimum for a control plane; "
                "use 1700MiB or more"
            ),
        ),
        (
            "network.subnet=192.168.51.0/24",
            (
                "network.vip: 192.168.50.200 is outside network.subnet 192.168.51.0/24; "
                "use an address in it that no machine has, for instance 192.168.51.244"
            ),
        ),
        (
            "network.firstHost=190",
            (
                "network.vip: 192.168.50.200 is 18's address in 192.168.50.0/24; "
                "use an address in it that no machine has, for instance 192.168.50.244"
            ),
        ),
        (
            "machines",
            (
                "there is no =; write KEY=VALUE, for example kubernetes.cni.backend=host-gw "
                "or machines[0].count=5"
            ),
        ),
        (
            "a..b=1",
            (
                "'a..b' names no field; write KEY=VALUE, for example "
                "kubernetes.cni.backend=host-gw or machines[0].count=5"
            ),
        ),
        ("machines[3].count=1", "there is no machines[3]; machines has [0] to [2]"),
        ("machines.count=1", "machines is a list; name one item, for example machines[0].count"),
        ("network[0]=1", "network is not a list; leave the number out"),
        ("name.first=x", "name is a single value, it has no first"),
        (
            "network={vip: auto, vip: auto}",
            "network.vip: written twice, first on line 1; keep one of them",
        ),
        (
            "network.vip=[",
            (
                "network.vip: not YAML: while parsing a flow node, expected the node content, "
                "but found '<stream end>'; check colons, quotes and indentation up to here"
            ),
        ),
    ],
)
def test_what_an_override_breaks_is_told_at_the_override(
    override: str, error: str, host_environment: HostEnvironment
) -> None:
    assert f"-s {override}: {error}" in refused(host_environment, override)


def test_errors_of_the_file_keep_their_place_and_come_first(
    host_environment: HostEnvironment,
) -> None:
    path = Path("bad/two-control-planes.yaml")
    assert refused(host_environment, "nam=x", "network.apiPort=0", path=path) == [
        (
            "bad/two-control-planes.yaml:4:12: machines[0].count: "
            "2 control planes tolerate no failure (etcd needs a majority); use 1, 3 or 5"
        ),
        "-s nam=x: nam: unknown key; did you mean name?",
        "-s network.apiPort=0: network.apiPort: the number 0 is out of range; use 1 to 65535",
    ]
