"""labgen down: remove a lab."""

import time

import click

from labgen.cli.session import Session, common
from labgen.console import Console
from labgen.errors import LabgenError, SeveralErrors, os_reason
from labgen.lab import store
from labgen.operations.down import teardown


@click.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Remove all labs, one after the other.")
@click.option(
    "--without",
    multiple=True,
    metavar="MACHINE",
    help="Skip this existing machine, which is dead; the cluster stays on it. Repeatable.",
)
@click.option(
    "--keep-checkpoints",
    "keep",
    is_flag=True,
    help="Keep the lab's checkpoints. `labgen checkpoint list` finds them.",
)
@common
@click.pass_obj
def down(
    session: Session, name: str | None, *, every: bool, without: tuple[str, ...], keep: bool
) -> None:
    """Remove the lab NAME with its checkpoints, and verify that nothing is left.

    Works from any state of the lab. Existing machines are kept, without the cluster.
    """
    if bool(name) == every:
        raise click.UsageError("Use either NAME or --all." if every else _unnamed())
    if every and without:
        raise click.UsageError("--without is for one lab.")
    console = session.console()
    if name:
        _remove(name, console, without, keep=keep)
        return
    labs = store.names()
    if not labs:
        console.say("there is no lab")
        return
    console.say(f"removing {len(labs)} {'lab' if len(labs) == 1 else 'labs'}: {', '.join(labs)}")
    errors: dict[str, BaseException] = {}
    for lab in labs:
        try:
            _remove(lab, console, (), keep=keep)
        except BrokenPipeError:  # nobody reads any more
            raise
        except LabgenError as error:  # it must not keep the others
            errors[lab] = error
        except OSError as error:
            errors[lab] = LabgenError(os_reason(error))
    if errors:
        raise SeveralErrors(errors)


def _remove(name: str, console: Console, without: tuple[str, ...], *, keep: bool) -> None:
    begin = time.monotonic()
    by_hand = teardown(name, console, without=without, keep_checkpoints=keep)
    for it in by_hand:
        click.echo(it, err=True)
    left = "nothing else is left" if without or by_hand or keep else "nothing is left"
    console.say(f"lab {name} is gone after {time.monotonic() - begin:.1f} s; {left}")


def _unnamed() -> str:
    """Return the usage error of a call without a name: what removes is never guessed."""
    labs = ", ".join(store.names()) or "none"
    return f"Missing argument 'NAME'. Labs: {labs}. All of them: labgen down --all"
