"""labgen exercise: broken labs with a task, hints and a graded repair."""

from pathlib import Path

import click

from labgen.cli import shapes
from labgen.cli.groups import Group
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common
from labgen.console import print_table
from labgen.errors import UsageError
from labgen.exercises import catalog, junit, skeleton
from labgen.exercises.model import Exercise
from labgen.exercises.schema import ExercisePart
from labgen.lab import store
from labgen.operations import exercise as exercises
from labgen.operations.exercise import Standing
from labgen.scenario.json_schema import as_text

NOT_DONE = 1  # exit code of check
lab_name = click.argument("name", metavar="LAB")


@click.group("exercise", cls=Group)
def exercise() -> None:
    """Break a lab for a learner, with a task, hints and a graded repair."""


@exercise.command("list")
@output_option(shapes.Exercise, many=True)
@common
def list_exercises(output: str) -> None:
    """List the exercises that are known by name."""
    found = [_listed(name) for name in catalog.names()]
    if output == "json":
        print_json(found)
        return
    rows = [(it.name, it.level or "", _minutes(it), it.needs or "", _title(it)) for it in found]
    print_table(("NAME", "LEVEL", "MINUTES", "NEEDS", "TITLE"), rows, right={2})


@exercise.command("show")
@click.argument("wanted", metavar="EXERCISE")
@output_option(shapes.ExerciseText)
@common
def show(wanted: str, output: str) -> None:
    """Show the task and the objectives of EXERCISE, a name or the path of its directory.

    Hints and the solution are not shown.
    """
    found = catalog.find(wanted)
    if output == "json":
        print_json(_text(found))
        return
    click.echo(f"{found.title}\n")
    click.echo(f"{found.level}, {found.minutes} minutes; needs {found.needs}\n\n{found.task}\n")
    rows = [(str(it.points), it.text) for it in found.objectives]
    print_table(("POINTS", "OBJECTIVE"), rows, right={0})
    prices = ", ".join(str(hint.price) for hint in found.hints)
    click.echo(f"\nhints: {len(found.hints)}" + (f", for {prices} points" if prices else ""))


@exercise.command("new")
@click.argument("wanted", metavar="EXERCISE")
@common
@click.pass_obj
def new(session: Session, wanted: str) -> None:
    """Create a small exercise that works, in ./exercises/EXERCISE, to be changed into another."""
    directory = skeleton.create(catalog.HERE, wanted)
    session.console().say(f"created {directory}\n  to see it: labgen exercise show {wanted}")


@exercise.command("schema")
@common
def schema() -> None:
    """Print the JSON Schema of exercise.yaml, for editors."""
    click.echo(as_text(ExercisePart), nl=False)


@exercise.command("start")
@lab_name
@click.argument("wanted", metavar="EXERCISE")
@click.option(
    "--as-is",
    is_flag=True,
    help="After an exercise that is over, begin with the lab as it is, if it is healthy. That is "
    "quicker, and keeps what the learner changed.",
)
@common
@click.pass_obj
def start(session: Session, name: str, wanted: str, *, as_is: bool) -> None:
    """Break the lab LAB as EXERCISE says, and start the clock.

    The healthy lab is saved first, and restored by `abort`. After an exercise that is over, the
    next one starts from that saved lab, so everything that changed since is lost. A start that was
    interrupted begins again.
    """
    lab, console = store.load(name), session.console()
    found = catalog.find(wanted)
    waiting = store.tell_waiting(name, console)
    exercises.start(lab, found, console.note, waiting, as_is=as_is)
    click.echo(f"\n{found.title}\n\n{found.task}\n")
    rows = [(str(it.points), it.text) for it in found.objectives]
    print_table(("POINTS", "OBJECTIVE"), rows, right={0})
    console.say(
        f"\nto check: labgen exercise check {name}    for help: labgen exercise hint {name}"
    )


@exercise.command("check")
@lab_name
@click.option(
    "--junitxml",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the result as JUnit XML, one test case for each objective.",
)
@output_option(shapes.ExerciseResult)
@common
@click.pass_context
def check(context: click.Context, name: str, junitxml: Path | None, output: str) -> None:
    """Check which objectives of the exercise of the lab LAB are done.

    What is wrong is not said. When all are done, the clock stops.

    Exit codes: 0 all objectives are done, 1 some are not, 2 usage error, 4 the checks could not
    run.
    """
    session: Session = context.obj
    found = exercises.check(store.load(name), store.tell_waiting(name, session.console()))
    if junitxml:
        junit.write(junitxml, found.exercise, found.progress.done, found.progress.elapsed())
    if output == "json":
        print_json(_result(found))
    else:
        _print_result(found)
    if not found.all_done:
        context.exit(NOT_DONE)


@exercise.command("status")
@lab_name
@output_option(shapes.ExerciseResult)
@common
def status(name: str, output: str) -> None:
    """Show the result of the last check on the lab LAB, the clock and the hints taken."""
    found = exercises.standing(store.load(name))
    if found is None:
        raise UsageError(
            f"lab {name} has no exercise", hint=f"labgen exercise start {name} EXERCISE"
        )
    if output == "json":
        print_json(_result(found))
        return
    _print_result(found)
    for number, hint in enumerate(found.hints, 1):
        click.echo(f"\nhint {number}: {hint.text}")


@exercise.command("hint")
@lab_name
@output_option(shapes.ExerciseHint)
@common
@click.pass_obj
def hint(session: Session, name: str, output: str) -> None:
    """Show the next hint for the exercise of the lab LAB. It costs points."""
    found = exercises.hint(store.load(name), store.tell_waiting(name, session.console()))
    if output == "json":
        print_json(shapes.ExerciseHint(text=found.text, price=found.price))
        return
    click.echo(found.text)
    session.console().say(f"  it costs {found.price} points")


@exercise.command("solve")
@lab_name
@common
@click.pass_obj
def solve(session: Session, name: str) -> None:
    """Show the reference repair and apply it to the lab LAB. There are no points then."""
    lab, console = store.load(name), session.console()
    known = exercises.standing(lab)
    if known:
        click.echo(known.exercise.solution, nl=False)
    _print_result(exercises.solve(lab, console.note, store.tell_waiting(name, console)))


@exercise.command("reset")
@lab_name
@common
@click.pass_obj
def reset(session: Session, name: str) -> None:
    """Restore the lab LAB to the broken state of its exercise. The clock goes on."""
    console = session.console()
    exercises.reset(store.load(name), console.note, store.tell_waiting(name, console))
    console.say(f"lab {name} is broken as at the start")


@exercise.command("abort")
@lab_name
@common
@click.pass_obj
def abort(session: Session, name: str) -> None:
    """End the exercise of the lab LAB, and restore the healthy lab."""
    console = session.console()
    exercises.abort(store.load(name), console.note, store.tell_waiting(name, console))
    console.say(f"lab {name} is healthy, as before its exercises")


def _listed(name: str) -> shapes.Exercise:
    """Return what is known of the exercise. An invalid one must not hide the others."""
    try:
        found = catalog.find(name)
    except UsageError:
        return shapes.Exercise(name=name, valid=False)
    return shapes.Exercise(
        name=name,
        valid=True,
        title=found.title,
        level=found.level,
        minutes=found.minutes,
        needs=found.needs,
        points=found.points,
    )


def _minutes(found: shapes.Exercise) -> str:
    return "" if found.minutes is None else str(found.minutes)


def _title(found: shapes.Exercise) -> str:
    return found.title or f"(has errors: labgen exercise show {found.name})"


def _text(found: Exercise) -> shapes.ExerciseText:
    return shapes.ExerciseText(
        name=found.name,
        title=found.title,
        level=found.level,
        minutes=found.minutes,
        needs=found.needs,
        scenario=found.scenario,
        points=found.points,
        task=found.task,
        objectives=tuple(
            shapes.ExerciseObjective(text=it.text, points=it.points) for it in found.objectives
        ),
        hints=tuple(hint.price for hint in found.hints),
    )


def _result(found: Standing) -> shapes.ExerciseResult:
    done = found.progress.done
    return shapes.ExerciseResult(
        exercise=found.exercise.name,
        phase=found.progress.phase,
        finished=found.progress.finished is not None,
        objectives=tuple(
            shapes.ObjectiveResult(text=it.text, points=it.points, done=done.get(number))
            for number, it in enumerate(found.exercise.objectives)
        ),
        points=found.points,
        most=found.exercise.points,
        seconds=round(found.progress.elapsed(), 1),
        hints=tuple(it.text for it in found.hints),
        checks=found.progress.checks,
        resets=found.progress.resets,
        solved=found.progress.solved,
    )


def _print_result(found: Standing) -> None:
    words = {True: "done", False: "not done", None: "not checked"}
    rows = [
        (words[found.progress.done.get(number)], str(it.points), it.text)
        for number, it in enumerate(found.exercise.objectives)
    ]
    print_table(("STATE", "POINTS", "OBJECTIVE"), rows, right={1})
    minutes, seconds = divmod(int(found.progress.elapsed()), 60)
    taken = f"{found.progress.hints} hint{'' if found.progress.hints == 1 else 's'}"
    why = ": the solution was shown" if found.progress.solved else ""
    click.echo(
        f"\n{found.points} of {found.exercise.points} points{why}; {minutes}:{seconds:02d} minutes "
        f"of {found.exercise.minutes}; {taken}"
    )
