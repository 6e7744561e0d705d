"""The options that commands share, and their effects."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

from labgen.console import Console
from labgen.lab import store
from labgen.lab.allocation import Template
from labgen.lab.lab import bridge
from labgen.lab.names import ensure_lab_name
from labgen.scenario import catalog
from labgen.scenario.diagnostics import ScenarioInvalid
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.scenario.model import Scenario
from labgen.scenario.routes import host_routes

F = TypeVar("F", bound=Callable[..., Any])
TRACE = "labgen.trace"


@dataclass
class Session:
    """How much is printed. The options -q and -v of the group and of the command add up."""

    quiet: bool = False
    verbose: int = 0

    def console(self) -> Console:
        colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        return Console(quiet=self.quiet, verbose=self.verbose > 0, colour=colour)

    def known_versions(self) -> tuple[str, ...]:
        """Return the Kubernetes versions that a bundle can have."""
        from labgen.bundle.versions import known_versions  # noqa: PLC0415 - only some commands ask

        return known_versions()

    def settle(self) -> None:
        """Set the log levels by -v and -vv."""
        if self.verbose:
            logging.getLogger(TRACE).setLevel(logging.DEBUG)
        if self.verbose > 1:
            logging.getLogger().setLevel(logging.DEBUG)

    @staticmethod
    def wants_trace() -> bool:
        return logging.getLogger(TRACE).level == logging.DEBUG


def common(command: F) -> F:
    """Add the options -q and -v to a command."""

    def settle(ctx: click.Context, param: click.Parameter, value: int) -> None:
        session = ctx.ensure_object(Session)
        session.quiet = session.quiet or (param.name == "quiet" and bool(value))
        session.verbose += value if param.name == "verbose" else 0
        session.settle()

    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=settle,
        help="Print only results and errors.",
    )
    verbose = click.option(
        "-v",
        "--verbose",
        count=True,
        expose_value=False,
        callback=settle,
        help="Print more; -vv prints every command that is run.",
    )
    return quiet(verbose(command))


def _only_lab(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Return the name that was typed, or that of the only lab."""
    if value is not None:
        return value
    names = store.names()
    if len(names) == 1:
        return names[0]
    listed = f"Labs: {', '.join(names)}." if names else "There is no lab; to make one: labgen up."
    raise click.UsageError(f"Missing argument 'NAME'. {listed}")


# The lab of a command that has no other argument and removes nothing. Where there is exactly one
# lab, it need not be named. What removes or interrupts asks for the name.
lab_argument = click.argument("name", required=False, callback=_only_lab)

# Words after the names belong to another program, so its options are not parsed here.
PASSED_ON = {"allow_interspersed_args": False}


def passed_on(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the arguments for another program, without a leading --."""
    return words[1:] if words[:1] == ("--",) else words


overrides_option = click.option(
    "-s",
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Replace a value of the scenario: kubernetes.cni.backend=host-gw. Repeatable.",
)


@dataclass(frozen=True)
class Start:
    """What was typed to say which lab `up` and `plan` are about, and from what it is made."""

    scenario: str | None
    name: str | None
    provider: str | None
    source: str | None  # --from
    same_certificates: bool
    cold: bool
    overrides: tuple[str, ...]


def start_options(command: F) -> F:
    """Add the argument SCENARIO and the options of Start, except --set, which has a place of its
    own. The command gets all of them as its parameter start."""

    @wraps(command)
    def collected(*words: Any, **options: Any) -> Any:
        start = Start(**{field.name: options.pop(field.name) for field in fields(Start)})
        return command(*words, start=start, **options)

    decorators = (
        click.argument("scenario", required=False),
        click.option("--name", help="Name of the lab; the name of the scenario by default."),
        click.option(
            "--provider", metavar="NAME", help="Create machines by container, libvirt or ssh."
        ),
        click.option(
            "--from",
            "source",
            metavar="CHECKPOINT|FILE",
            help="Make the lab from a checkpoint, LAB/CHECKPOINT, or from an exported file.",
        ),
        click.option(
            "--same-certificates",
            is_flag=True,
            help="With --from: keep the certificates of the first lab's cluster.",
        ),
        click.option(
            "--cold",
            is_flag=True,
            envvar="LABGEN_COLD",
            help="Build from scratch, with no warm start, and keep nothing for one.",
        ),
    )
    found: Any = collected
    for decorate in reversed(decorators):
        found = decorate(found)
    return cast("F", found)


@dataclass(frozen=True)
class Wanted:
    """The lab that `up` and `plan` are about."""

    scenario: Scenario
    name: str
    template: Template | None = None  # see bring_up


def wanted_lab(session: Session, start: Start) -> Wanted:
    """Return the lab of a scenario, or of a checkpoint. Raises UsageError for options that do not
    go together."""
    name, source = start.name, start.source
    if (start.scenario is None) == (source is None):
        raise click.UsageError(
            "Use either SCENARIO or --from." if source else "Missing argument 'SCENARIO'."
        )
    if source is None:
        if start.same_certificates:
            raise click.UsageError("--same-certificates is for --from.")
        provider = [f"provider.name={start.provider}"] if start.provider else []
        overrides = (*start.overrides, *provider)
        loaded = load_scenario(session, str(start.scenario), overrides, lab=name)
        return Wanted(loaded, ensure_lab_name(name or loaded.name))
    if start.overrides or start.provider:
        raise click.UsageError(
            "A checkpoint has its own scenario: --from takes neither --set nor --provider."
        )
    typed = click.get_current_context().get_parameter_source("cold")
    if typed is ParameterSource.COMMANDLINE:  # the variable is for all other labs
        raise click.UsageError("A lab from a checkpoint is not built from scratch: no --cold.")
    from labgen.up.source import find_source  # noqa: PLC0415 - only for --from

    found = find_source(source, name, same_certificates=start.same_certificates)
    return Wanted(found.scenario, found.name, found.template)


def load_scenario(
    session: Session, wanted: str, overrides: tuple[str, ...], *, lab: str | None = None
) -> Scenario:
    """Return the valid scenario of that name or path, for the lab of that name, by default the
    scenario's.

    The addresses of a lab that exists are settled: only those of a new lab are compared with the
    host's networks. Routes through the bridges of labs are not counted as overlaps, because the
    creation of a lab compares its subnet with those of other labs.
    """
    path = Path(catalog.find(wanted))
    known = HostEnvironment(session.known_versions())
    with suppress(ScenarioInvalid):  # reported below, together with what the host has
        scenario = load(path, overrides=overrides, host_environment=known)
        if (lab or scenario.name) in store.names():
            return scenario
    bridges = {bridge(name) for name in store.names()}
    routes = tuple(route for route in host_routes() if route.device not in bridges)
    return load(path, overrides=overrides, host_environment=replace(known, routes=routes))
