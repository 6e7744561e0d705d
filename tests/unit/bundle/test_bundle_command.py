"""labgen bundle on the command line."""

import io
import re

from click.testing import CliRunner
from rich.console import Console

from labgen.bundle.commands import build_recipe
from labgen.bundle.engine.progress import choose
from labgen.cli.bundle import bundle
from tests.unit.bundle.fakes import Kitchen


def test_list_shows_a_bundle_that_is_not_built(kitchen: Kitchen) -> None:
    result = CliRunner().invoke(bundle, ["list"])
    assert result.exit_code == 0
    assert "v1.37.2-" in result.output
    assert "missing" in result.output


def test_plain_lines_tell_each_part_and_its_seconds(kitchen: Kitchen) -> None:
    output = io.StringIO()
    build_recipe(kitchen.recipe(), choose(quiet=False, console=Console(file=output, width=200)))
    lines = output.getvalue().splitlines()
    assert lines[0].startswith("bundle bread-1: 3 parts to build, about 3 s on two cores, ")
    assert any(re.fullmatch(r"\[2/3\] water: built in \d+ s", line) for line in lines)
    assert lines[-1].startswith("bundle bread-1 is ready: ")


def test_a_terminal_gets_a_live_display_and_no_colour_when_asked(kitchen: Kitchen) -> None:
    output = io.StringIO()
    console = Console(file=output, width=120, force_terminal=True, no_color=True)
    build_recipe(kitchen.recipe(), choose(quiet=False, console=console))
    hidden_cursor, foreground = "\x1b[?25l", "\x1b[3"
    assert hidden_cursor in output.getvalue()
    assert foreground not in output.getvalue()
    assert re.search(r"\[2/3\] water: built in \d+ s", output.getvalue())


def test_quiet_says_nothing(kitchen: Kitchen) -> None:
    output = io.StringIO()
    build_recipe(kitchen.recipe(), choose(quiet=True, console=Console(file=output)))
    assert output.getvalue() == ""
