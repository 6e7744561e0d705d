"""The entry of the command line: the commands, and how an error is shown."""

import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import FrameType

import click

import labgen
from labgen.cli.groups import Group
from labgen.cli.session import Session
from labgen.errors import LabgenError, os_reason
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.system import interrupt, search_path

# The commands below the headings of the help. Each is the object of its name in the module of its
# name in this package; an underscore follows where Python or click owns the name: list_, exec_.
SECTIONS: Mapping[str, Sequence[str]] = {
    "Labs": ("up", "down", "list", "status", "check", "plan", "render", "scenario", "gc", "cache"),
    "Machines": (
        *("ssh", "exec", "cp", "load", "kubectl", "kubeconfig"),
        *("start", "stop", "reboot", "checkpoint"),
    ),
    "Proof": ("verify", "fault", "bench", "report"),
    "Classroom": ("exercise", "class"),
    "Bundle": ("bundle",),
}
COMMANDS = tuple(name for names in SECTIONS.values() for name in names)
RENAMED = {"leftovers": "gc"}
MODULES = {"class": "classes"}  # no statement could import a module of that name


class LazyGroup(Group):
    """Imports a command's module when the command is called, and all modules for `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        return list(COMMANDS)

    def sections(self, ctx: click.Context) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        return SECTIONS

    def similar(self, ctx: click.Context, name: str) -> list[str]:
        return [RENAMED[name]] if name in RENAMED else super().similar(ctx, name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"labgen.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(labgen.__version__, prog_name="labgen")
@click.option("-q", "--quiet", is_flag=True, help="Print only results and errors.")
@click.option(
    "-v", "--verbose", count=True, help="Print more; -vv prints every command that is run."
)
@click.pass_context
def cli(ctx: click.Context, quiet: bool, verbose: int) -> None:
    """Highly available Kubernetes labs that prove themselves.

    If there is only one lab, [NAME] in the usage of a command may be left out. Commands that
    remove, interrupt or test a lab never guess it: `down` needs NAME or --all, `verify` needs NAME
    or --inventory.

    Exit codes: 0 success, 1 failure, 2 usage error or invalid scenario, 3 this host is unsuitable,
    4 the acceptance suite could not run.
    """
    ctx.obj = Session(quiet=quiet, verbose=verbose)
    ctx.obj.settle()


def main(*, interruptible: bool = False) -> None:
    """Run the command line and exit with its code.

    interruptible lets Ctrl-C interrupt it, unless whoever started it wants Ctrl-C ignored.
    """
    try:
        code = _run(interruptible=interruptible)
    except KeyboardInterrupt:  # while an error was shown
        code = interrupt.Interrupted.exit_code
    finally:
        if interruptible:  # all is cleaned up, and Python's own end would show the exception
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    _drop_unwritten()
    sys.exit(code)


def _drop_unwritten() -> None:
    """Discard what standard output did not take: Python's own end would report it again."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(*, interruptible: bool) -> int:
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _terminate)
        if interruptible:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        logging.basicConfig(format="%(message)s", level=logging.WARNING)
        search_path.complete()
        code = cli.main(prog_name="labgen", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # what could not be written is an error
    except click.ClickException as error:
        _show_usage(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort, interrupt.Interrupted):
        click.echo("interrupted; run the same command again to resume", err=True)
        return interrupt.Interrupted.exit_code
    except LabgenError as error:
        _show(error)
        return error.exit_code
    except BrokenPipeError:
        return 1
    except OSError as error:  # a full disk, a file that may not be read
        _show(LabgenError(os_reason(error)))
        return LabgenError.exit_code
    return code if isinstance(code, int) else 0


def _show(error: LabgenError) -> None:
    """Print the error. One about a file begins with its place in the file instead of a prefix."""
    if Session.wants_trace():
        traceback.print_exception(error)
        return
    lead = "" if isinstance(error, ScenarioInvalid) else "error: "
    click.echo(f"{lead}{error}", err=True)


def _show_usage(error: click.ClickException) -> None:
    """Print a usage error as click does, with the prefix of all errors."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context:
        click.echo(context.get_usage(), err=True)
        click.echo(f"Try '{context.command_path} --help' for help.\n", err=True)
    click.echo(f"error: {error.format_message()}", err=True)


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
