"""How classes are printed: as tables, JSON and CSV."""

import csv
import io
from collections.abc import Sequence

import click

from labgen.classes import store
from labgen.classes.forecast import counted
from labgen.classes.model import Class
from labgen.classes.results import Result, results
from labgen.cli import class_shapes as shapes
from labgen.cli import forecast
from labgen.cli.output import print_json
from labgen.console import Console, print_table
from labgen.errors import LabgenError
from labgen.operations.class_status import SeatStatus
from labgen.operations.class_up import Prepared

RESULT = ("seat", "exercise", "points", "of", "hints", "minutes", "solved")  # columns


def introduce(prepared: Prepared, console: Console) -> None:
    """Tell what `class up` is about to do."""
    wanted, found = prepared.wanted, prepared.forecast
    console.heading(
        f"class {wanted.name}: {counted(len(wanted.seats))} of {wanted.scenario.name}, machines by "
        f"provider {prepared.provider.name}"
    )
    if found.new:
        for line in _costs(prepared):
            console.say(f"  {line}")
        console.say(f"  {_source(prepared)}")
    if found.note:
        console.say(f"  note: {found.note}")


def print_forecast(prepared: Prepared) -> None:
    """Print what `class up` would need."""
    wanted, found = prepared.wanted, prepared.forecast
    click.echo(
        f"class {wanted.name}: {counted(len(wanted.seats))} of {wanted.scenario.name}, machines by "
        f"provider {prepared.provider.name}"
    )
    there = f"; {len(found.existing)} exist" if found.existing else ""
    click.echo(f"seats to make: {len(found.new)}{there}")
    for line in _costs(prepared):
        click.echo(line)
    if found.new:
        click.echo(_source(prepared))
    for finding in found.shortages:
        click.echo(f"problem: {finding.what}; {finding.remedy}")
    if found.note:
        click.echo(f"note: {found.note}")


def forecast_shape(prepared: Prepared) -> shapes.ClassForecast:
    """Return the forecast in the shape for JSON."""
    wanted, found = prepared.wanted, prepared.forecast
    return shapes.ClassForecast(
        name=wanted.name,
        scenario=wanted.scenario.name,
        provider=prepared.provider.name,
        seats=wanted.seats,
        new=found.new,
        at_a_time=prepared.at_a_time,
        scratch=found.scratch,
        seconds=round(found.seconds, 1),
        forecast=forecast.shape(found.total),
        sources=found.sources,
        problems=tuple(it.what for it in found.shortages),
        note=found.note,
    )


def print_seats(found: Sequence[SeatStatus]) -> None:
    """Print the table of `class status`."""
    headings = ("SEAT", "LAB", "HEALTH", "EXERCISE", "DONE", "HINTS", "POINTS", "MINUTES")
    print_table(headings, map(_seat_row, found), right={4, 5, 6, 7})
    for it in found:
        if it.unreadable:
            click.echo(f"problem: {it.seat}: {it.unreadable}")


def seat_shape(found: SeatStatus) -> shapes.ClassSeat:
    """Return a seat in the shape for JSON."""
    status = found.seen.status if found.seen else None
    problems = None if status is None else tuple(str(it) for it in status.problems)
    seat = shapes.ClassSeat(seat=found.seat, lab=found.lab, health=found.health, problems=problems)
    if (it := found.standing) is None:
        return seat
    exercise = {
        "exercise": it.exercise.name,
        "phase": str(it.progress.phase),
        "done": sum(it.progress.done.values()),
        "objectives": len(it.exercise.objectives),
        "hints": it.progress.hints,
        "points": it.points,
        "most": it.exercise.points,
        "minutes": round(it.progress.elapsed() / 60, 1),
        "finished": it.progress.finished is not None,
        "solved": it.progress.solved,
    }
    return seat.model_copy(update=exercise)


def print_results(found: Class, output: str) -> None:
    """Print the results of all seats as text, JSON or CSV."""
    all_of_them = results(found)
    if output == "json":
        print_json([_result_shape(it) for it in all_of_them])
        return
    rows = [_result_row(it) for it in all_of_them]
    if output == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([RESULT, *rows])
        click.echo(text.getvalue(), nl=False)
    else:
        print_table([it.upper() for it in RESULT], rows, right={2, 3, 4, 5})


def listed(name: str) -> shapes.ClassListed:
    """Return what is known of a class. A damaged record must not hide the others."""
    try:
        found = store.load(name)
    except LabgenError:
        return shapes.ClassListed(name=name)
    exercises = tuple(it.name for it in found.exercises)
    return shapes.ClassListed(
        name=name, scenario=found.scenario.name, seats=found.seats, exercises=exercises
    )


def print_list(found: Sequence[shapes.ClassListed]) -> None:
    """Print the table of `class list`."""
    rows = [
        (
            it.name,
            it.scenario or "cannot be read",
            str(len(it.seats or ())),
            ", ".join(it.seats or ()),
        )
        for it in found
    ]
    print_table(("NAME", "SCENARIO", "NUMBER", "SEATS"), rows, right={2})


def _costs(prepared: Prepared) -> list[str]:
    total = prepared.forecast.total
    return [str(total)] if total else []


def _source(prepared: Prepared) -> str:
    found = prepared.forecast
    first = "; the first from scratch, the others from a copy of it" if found.scratch else ""
    sources = found.sources
    where = (
        sources["memory"]
        if sources["memory"] == sources["seconds"]
        else f"memory: {sources['memory']}; time: {sources['seconds']}"
    )
    return f"about {_minutes(found.seconds)}, {prepared.at_a_time} seats at a time{first} ({where})"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _seat_row(found: SeatStatus) -> tuple[str, ...]:
    first = (found.seat, found.lab, found.health)
    if (it := found.standing) is None:
        return (*first, "-", "-", "-", "-", "-")
    done = f"{sum(it.progress.done.values())}/{len(it.exercise.objectives)}"
    phase = "" if it.progress.phase == "running" else f" ({it.progress.phase})"
    minutes = f"{it.progress.elapsed() / 60:.1f}"
    name = f"{it.exercise.name}{phase}"
    return (*first, name, done, str(it.progress.hints), str(it.points), minutes)


def _result_row(it: Result) -> tuple[str, ...]:
    most = "" if it.most is None else str(it.most)
    solved = "yes" if it.solved else "no"
    return it.seat, it.exercise, str(it.points), most, str(it.hints), str(it.minutes), solved


def _result_shape(it: Result) -> shapes.ClassResult:
    return shapes.ClassResult(
        seat=it.seat,
        exercise=it.exercise,
        points=it.points,
        of=it.most,
        hints=it.hints,
        minutes=it.minutes,
        solved=it.solved,
        finished=it.finished,
        aborted=it.aborted,
        checks=it.checks,
        resets=it.resets,
        began=it.began,
    )
