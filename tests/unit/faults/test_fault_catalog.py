"""Every fault is complete: shell, target, explanation."""

import re

import pytest

from labgen.faults import FAULTS, Fault
from labgen.faults.explain import explain, times
from labgen.faults.machine_driver import MachineDriver
from labgen.faults.targets import RANDOM, ROLES
from labgen.scenario.model import LoadBalancer
from labgen.scenario.profiles import PROFILES
from labgen.system import data
from tests.unit.lab.samples import scenario

FAST = LoadBalancer("fast", PROFILES["fast"])
STANDARD = LoadBalancer("standard", PROFILES["standard"])
SHELL = data.directory("provisioners") / "faults"
SHELL_FAULTS = {name: it for name, it in FAULTS.items() if isinstance(it.driver, MachineDriver)}
each = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


def table() -> dict[str, str]:
    """Return name -> kind of the faults in faults.table."""
    lines = (SHELL / "faults.table").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: kind for name, kind, *_ in rows}


def functions(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^(\w+)::(inject|heal|is_active)\(\)", text, re.MULTILINE))


def complete(prefix: str) -> set[tuple[str, str]]:
    return {(prefix.replace("-", "_"), verb) for verb in ("inject", "heal", "is_active")}


@pytest.mark.parametrize("name", sorted(path.stem for path in SHELL.glob("*.sh")))
def test_run_sources_every_script_and_a_script_has_all_three_functions(name: str) -> None:
    if name != "run":
        assert functions((SHELL / f"{name}.sh").read_text()) == complete(name)
        assert f'source "$HERE/{name}.sh"' in (SHELL / "run.sh").read_text()


@pytest.mark.parametrize(("name", "kind"), table().items())
def test_a_row_of_the_table_has_a_kind_with_all_three_functions(name: str, kind: str) -> None:
    sourced = re.findall(r'source "\$HERE/(lib/\S+)"', (SHELL / "run.sh").read_text())
    known = [functions((SHELL / path).read_text()) for path in sourced]
    assert complete(kind) <= set().union(*known), name


def test_rows_and_scripts_are_the_faults_of_the_catalog() -> None:
    scripts = {path.stem for path in SHELL.glob("*.sh")} - {"run"}
    assert not scripts & table().keys()
    assert scripts | table().keys() == SHELL_FAULTS.keys()


@pytest.mark.parametrize("fault", SHELL_FAULTS.values(), ids=SHELL_FAULTS)
def test_a_shell_fault_has_the_same_name_in_shell_and_catalog(fault: Fault) -> None:
    assert isinstance(fault.driver, MachineDriver)
    assert fault.driver.name == fault.name


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
