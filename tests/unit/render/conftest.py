"""`labgen render` on both kinds of hosts, independent of this host."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labgen.cli import session
from labgen.system import host
from labgen.system.host import HostFacts
from tests.unit.cli.calling import labgen
from tests.unit.system.hosts import USUAL

Rendering = Callable[..., Path]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rendering:
    """Render a scenario with overrides on a host of those facts; returns the directory."""
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
