"""labgen class: a lab for each learner of a class."""

import shlex
import time
from dataclasses import replace

import click

from labgen.classes import catalog, load, store
from labgen.classes.model import Class
from labgen.classes.schema import MOST, ClassPart, numbered
from labgen.cli import class_output, class_progress
from labgen.cli import class_shapes as shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.operations import class_down, class_exercise, class_status, class_up
from labgen.operations.class_seats import errors, usual_number
from labgen.scenario.json_schema import as_text
from labgen.up.bring_up import UNCHANGED


@click.group("class", cls=Group)
def class_() -> None:
    """Run a class: a lab for each learner, exercises, results."""


# Where there is exactly one class, it need not be named.
class_argument = click.argument("name", metavar="[CLASS]", required=False)
class_option = click.option(
    "--class", "name", metavar="CLASS", help="The class, if there are several."
)
at_a_time_option = click.option(
    "--at-a-time",
    type=click.IntRange(1, MOST),
    callback=lambda _context, _parameter, value: value or usual_number(),
    help="So many seats are worked on concurrently; the number of cores by default, at least 2.",
)
seats_option = click.option(
    "--seats", type=click.IntRange(1, MOST), help="Seats of a class without a file."
)
name_option = click.option(
    "--name", help="Name of a class without a file; the name of the scenario by default."
)


@class_.command("up")
@click.argument("wanted", metavar="FILE|SCENARIO|CLASS")
@seats_option
@name_option
@at_a_time_option
@click.option("--dry-run", is_flag=True, help="Only print the forecast, as `class plan` does.")
@click.option("--force", is_flag=True, help="Try it although memory or disk is too small.")
@overrides_option
@common
@click.pass_obj
def up(
    session: Session,
    wanted: str,
    *,
    seats: int | None,
    name: str | None,
    at_a_time: int,
    dry_run: bool,
    force: bool,
    overrides: tuple[str, ...],
) -> None:
    """Bring up a lab for each seat of a class.

    FILE is the file of a class, by path or by name. With --seats, SCENARIO needs no file. CLASS is
    a class that exists: it is completed.

    The seats are made from one checkpoint, a few at a time; if there is none yet, the first seat is
    built from scratch. A seat that fails does not stop the others, and what ended early is resumed
    by the same command. Seats that need more memory or disk than this host has are refused with
    exit code 3. The lab of seat anna of the class monday is monday-anna. A seat that has
    an exercise is only switched on.
    """
    found = _wanted(session, wanted, seats, name, overrides)
    prepared = class_up.prepare(found, at_a_time=at_a_time)
    if dry_run:
        class_output.print_forecast(prepared)
        return
    console = session.console()
    class_output.introduce(prepared, console)
    reports = class_progress.reporting(console, len(found.seats))
    waiting = class_progress.waiting(found.name, console)
    done = class_up.up(prepared, reports, waiting, force=force, verbose=console.verbose)
    class_progress.finish(done.failed, f"resume: {done.wanted.up_command}", of=len(done.ended))
    said = "" if done.changed else f"; {UNCHANGED}"
    console.heading(f"class {found.name} is up after {done.seconds:.1f} s{said}")
    console.say(f"  labgen class status {found.name}    labgen class down {found.name}")


@class_.command("plan")
@click.argument("wanted", metavar="FILE|SCENARIO|CLASS")
@seats_option
@name_option
@at_a_time_option
@output_option(shapes.ClassForecast)
@overrides_option
@common
@click.pass_obj
def plan(
    session: Session,
    wanted: str,
    *,
    seats: int | None,
    name: str | None,
    at_a_time: int,
    output: str,
    overrides: tuple[str, ...],
) -> None:
    """Print what `class up` would need of this host, without doing anything.

    Memory and seconds are those of earlier classes on this host, if they had the same machines;
    else the documented ones, and it is said which.
    """
    found = _wanted(session, wanted, seats, name, overrides)
    prepared = class_up.prepare(found, at_a_time=at_a_time)
    if output == "json":
        print_json(class_output.forecast_shape(prepared))
    else:
        class_output.print_forecast(prepared)


@class_.command("status")
@class_argument
@output_option(shapes.ClassSeat, many=True)
@common
def status(name: str | None, output: str) -> None:
    """Show each seat: its lab's health, its exercise, and how far that is.

    HEALTH is that of `labgen list`; a lab that an exercise has broken has problems. DONE counts
    objectives at the last check.

    Exit code 1 when there is something to do for a seat: its lab is missing, off, or not healthy
    without an exercise.
    """
    found = class_status.status(_existing(name))
    if output == "json":
        print_json([class_output.seat_shape(it) for it in found])
    else:
        class_output.print_seats(found)
    if not all(it.as_wanted for it in found):
        raise SystemExit(1)


@class_.command("down")
@click.argument("name", metavar="CLASS")
@click.argument("seats", metavar="[SEAT]...", nargs=-1)
@at_a_time_option
@common
@click.pass_obj
def down(session: Session, name: str, seats: tuple[str, ...], *, at_a_time: int) -> None:
    """Remove the labs of CLASS, or those of some seats, and verify that nothing is left.

    The results of its learners are removed, too: `class results` prints them before. Other seats
    stay.
    """
    found, console = store.load(name), session.console()
    chosen = found.ensure_seats(seats) or found.seats
    begin = time.monotonic()
    reports = class_progress.reporting(console, len(chosen))
    ended = class_down.down(
        found, chosen, reports, class_progress.waiting(name, console), at_a_time=at_a_time
    )
    for by_hand in {line: None for it in ended.values() for line in it.result or []}:
        click.echo(by_hand, err=True)
    again = " ".join(["labgen class down", name, *seats])
    class_progress.finish(errors(ended), f"try again: {again}", of=len(ended))
    what = f"class {name}" if len(chosen) == len(found.seats) else f"seat {', '.join(chosen)}"
    console.say(f"{what} is gone after {time.monotonic() - begin:.1f} s")


@class_.command("reset")
@click.argument("seat", metavar="SEAT")
@class_option
@common
@click.pass_obj
def reset(session: Session, seat: str, *, name: str | None) -> None:
    """Restore SEAT to the broken state of its exercise; without one, to the state after `class up`.

    What the learner has changed since is lost. The clock of an exercise goes on.
    """
    found, console = _existing(name), session.console()
    found.ensure_seats((seat,))
    exercise = class_exercise.reset(found, seat, console.note, console)
    state = f"broken by {exercise} as at the start" if exercise else "as after class up"
    console.say(f"seat {seat} is {state}")


@class_.group("exercise", cls=Group)
def exercise() -> None:
    """Start an exercise in a class."""


@exercise.command("start")
@click.argument("wanted", metavar="EXERCISE")
@click.argument("seats", metavar="[SEAT]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="In all seats of the class.")
@click.option(
    "--as-is",
    is_flag=True,
    help="After an exercise that is over, begin with each lab as it is, if it is healthy.",
)
@click.option("--again", is_flag=True, help="Also where EXERCISE is over: from its beginning.")
@class_option
@at_a_time_option
@common
@click.pass_obj
def start(
    session: Session,
    wanted: str,
    seats: tuple[str, ...],
    *,
    every: bool,
    as_is: bool,
    again: bool,
    name: str | None,
    at_a_time: int,
) -> None:
    """Break the labs of seats as EXERCISE says, and start their clocks.

    A seat on which EXERCISE runs already, or is over, is left alone, so the same command completes
    a start that was interrupted. A learner checks with `labgen exercise check LAB`.
    """
    if bool(seats) == every:
        raise click.UsageError("Use either SEAT or --all.")
    found, console = _existing(name), session.console()
    chosen = found.seats if every else found.ensure_seats(seats)
    wanted_one = class_exercise.find(found, wanted)
    reports = class_progress.reporting(console, len(chosen))
    ended = class_exercise.start(
        found, wanted_one, chosen, reports, at_a_time=at_a_time, as_is=as_is, again=again
    )
    chosen_words = ["--all"] if every else list(seats)
    resume = shlex.join(["labgen", "class", "exercise", "start", wanted, *chosen_words])
    class_progress.finish(errors(ended), f"resume: {resume} --class {found.name}", of=len(ended))
    click.echo(f"\n{wanted_one.title}\n\n{wanted_one.task}\n")
    console.say(f"to check: labgen exercise check {found.lab(chosen[0])}")


@class_.command("results")
@class_argument
@output_option(shapes.ClassResult, many=True, csv=True)
@common
def results(name: str | None, output: str) -> None:
    """Print what learners have reached, one line for each exercise of each seat.

    The results are those of the labs' journals, so machines need not be on.
    """
    class_output.print_results(_existing(name), output)


@class_.command("list")
@output_option(shapes.ClassListed, many=True)
@common
@click.pass_obj
def list_classes(session: Session, output: str) -> None:
    """List the classes of this host."""
    found = [class_output.listed(name) for name in store.names()]
    if output == "json":
        print_json(found)
        return
    class_output.print_list(found)
    if not found:
        session.console().say("there is no class; to make one: labgen class up FILE")


@class_.command("schema")
@common
def schema() -> None:
    """Print the JSON Schema of class.yaml, for editors."""
    click.echo(as_text(ClassPart), nl=False)


def _existing(name: str | None) -> Class:
    """Return the class of that name, or the only one."""
    if name is not None:
        return store.load(name)
    names = store.names()
    if len(names) == 1:
        return store.load(names[0])
    known = f"Classes: {', '.join(names)}." if names else "There is no class; labgen class up FILE."
    raise click.UsageError(f"Name the class. {known}")


def _wanted(
    session: Session,
    wanted: str,
    seats: int | None,
    name: str | None,
    overrides: tuple[str, ...],
) -> Class:
    """Return the class of a scenario, of a file, or the one that exists."""
    if seats is not None:
        scenario = load_scenario(session, wanted, overrides)
        found = load.without_file(name or scenario.name, scenario, numbered(seats))
        known = found.name in store.names()
        return replace(found, exercises=store.load(found.name).exercises) if known else found
    if name:
        raise click.UsageError("--name is for --seats; a file has the name of its class.")
    if wanted in store.names():
        if overrides:
            raise click.UsageError(f"Class {wanted} exists and has its scenario: no --set.")
        return store.load(wanted)
    return load.load(
        catalog.find(wanted), lambda scenario: load_scenario(session, scenario, overrides)
    )
