"""labgen's entry: the commands, loaded when called, and what an error looks like."""

import importlib
import logging
import signal
import sys
import traceback
from collections.abc import Mapping
from types import FrameType

import click

import labgen
from labgen.cli.session import Session
from labgen.errors import LabgenError
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.system import interrupt

# command -> module; the object in it has the command's name (list_ and exec_ end in a dash)
COMMANDS: Mapping[str, str] = {
    "check": "check",
    "up": "up",
    "down": "down",
    "status": "status",
    "list": "list",
    "leftovers": "gc",
    "ssh": "ssh",
    "exec": "exec",
    "kubectl": "kubectl",
    "kubeconfig": "kubeconfig",
    "start": "start",
    "stop": "stop",
    "fault": "fault",
    "checkpoint": "checkpoint",
    "plan": "plan",
    "render": "render",
    "scenario": "scenario",
    "verify": "verify",
    "bench": "bench",
    "bundle": "bundle",
    "report": "report",
}


class LazyGroup(click.Group):
    """Imports a command's module when the command is called or its help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"labgen.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(labgen.__version__, prog_name="labgen")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and errors.")
@click.option("-v", "--verbose", count=True, help="Say more; -vv shows every command that is run.")
@click.pass_context
def cli(ctx: click.Context, quiet: bool, verbose: int) -> None:
    """Highly available Kubernetes labs that prove themselves.

    Exit codes: 0 good, 1 failed, 2 wrong call or scenario, 3 this host cannot do it.
    """
    ctx.obj = Session(quiet=quiet, verbose=verbose)
    ctx.obj.settle()


def main() -> None:
    """Run the command line and exit with its code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        code = cli.main(prog_name="labgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort, interrupt.Interrupted):
        click.echo("interrupted; the same command again goes on", err=True)
        sys.exit(interrupt.Interrupted.exit_code)
    except LabgenError as error:
        _show(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:  # a full disk, a file that may not be read
        _show(LabgenError(str(error)))
        sys.exit(LabgenError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _show(error: LabgenError) -> None:
    """A mistake in a file speaks for itself; all else is introduced."""
    if Session.wants_trace():
        traceback.print_exception(error)
        return
    lead = "" if isinstance(error, ScenarioInvalid) else "error: "
    click.echo(f"{lead}{error}", err=True)


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
