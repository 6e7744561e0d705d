"""`labgen render` on hosts of both kinds, whatever this host is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labgen.cli import session
from labgen.system import host
from labgen.system.host import HostFacts
from tests.unit.cli.calling import labgen

USUAL = HostFacts(
    root=True,
    kernel=(6, 12),
    machine="x86_64",
    cgroup_v2=True,
    may_raise_limits=True,
    open_files_limit=1048576,
    processes_limit=4194304,
    kernel_modules=None,
    bridge_netfilter=True,
)
Rendering = Callable[..., Path]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rendering:
    """Render a scenario with overrides on a host of those facts; returns the directory."""
    monkeypatch.setenv("LABGEN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(session, "host_routes", lambda: ())

    def rendered(scenario: str, *overrides: str, facts: HostFacts = USUAL) -> Path:
        monkeypatch.setattr(host, "probe", lambda: facts)
        directory = tmp_path / "rendered" / str(len(list(tmp_path.glob("rendered/*"))))
        options = [word for override in overrides for word in ("-s", override)]
        said = labgen("render", scenario, str(directory), *options)
        assert (said.exit_code, said.err) == (0, "")
        assert sorted(said.out.splitlines()) == sorted(
            str(path) for path in directory.rglob("*") if path.is_file()
        )
        return directory

    return rendered
