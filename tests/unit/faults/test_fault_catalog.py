"""Every fault is complete: shell, target, explanation."""

import re

import pytest

from labgen.faults import FAULTS, Fault
from labgen.faults.explain import explain, times
from labgen.faults.machine_driver import OnMachine
from labgen.faults.targets import RANDOM, ROLES
from labgen.scenario.model import LoadBalancer
from labgen.scenario.profiles import PROFILES
from labgen.system import data
from tests.unit.lab.samples import scenario

FAST = LoadBalancer("fast", PROFILES["fast"])
STANDARD = LoadBalancer("standard", PROFILES["standard"])
SHELL = data.directory("provisioners") / "faults"
SHELL_FAULTS = {name: it for name, it in FAULTS.items() if isinstance(it.driver, OnMachine)}
each = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


@pytest.mark.parametrize("fault", SHELL_FAULTS.values(), ids=SHELL_FAULTS)
def test_a_fault_on_a_machine_has_its_shell_and_run_knows_it(fault: Fault) -> None:
    assert isinstance(fault.driver, OnMachine)
    assert fault.driver.name == fault.name
    text = (SHELL / f"{fault.name}.sh").read_text()
    functions = re.findall(r"^(\w+)::(inject|heal|is_active)\(\)", text, re.MULTILINE)
    assert set(functions) == {
        (fault.name.replace("-", "_"), verb) for verb in ("inject", "heal", "is_active")
    }
    assert f'source "$HERE/{fault.name}.sh"' in (SHELL / "run.sh").read_text()


def test_every_shell_file_is_a_fault_of_the_catalogue() -> None:
    assert {path.stem for path in SHELL.glob("*.sh")} == {"run", *SHELL_FAULTS}


@each
def test_the_faults_own_target_is_a_role(fault: Fault) -> None:
    assert fault.target in {*ROLES, RANDOM}


@each
def test_times_are_a_range_of_positive_seconds(fault: Fault) -> None:
    for expectation in fault.expected:
        for balancer in (FAST, STANDARD):
            if expectation.seconds:
                least, most = expectation.seconds(balancer)
                assert 0 <= least <= most
                assert expectation.when, "a number without its formula"


@each
def test_an_explanation_fits_a_terminal(fault: Fault) -> None:
    lines = explain(fault, FAST, "profile fast")
    assert max(map(len, lines)) <= 96
    assert {"What it does", "Why"} <= set(lines)


def test_what_a_scenario_leaves_out_is_told_to_be_never_noticed() -> None:
    classic = scenario("onprem-classic").load_balancer
    lines = "\n".join(explain(FAULTS["haproxy-killed"], classic, "lab classic"))
    assert "never = scriptFall x scriptInterval" in lines


def test_times_are_those_of_the_docs() -> None:
    vip, gap = FAULTS["power-cut"].expected[:2]
    assert (times(vip, FAST), times(vip, STANDARD)) == ("0.23 to 0.33 s", "2.26 to 3.26 s")
    assert times(gap, FAST).endswith("0.58 s")
    assert times(gap, STANDARD).endswith("4.26 s")
