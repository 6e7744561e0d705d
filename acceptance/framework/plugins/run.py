"""A pytest plugin: each run has an id, and a run that disturbs the lab has it alone.

Two runs on one lab do not disturb each other. A run that disturbs the lab waits until no other run
uses it; read-only runs share it. What a run creates has the run's id in its name, so the end of one
run removes nothing of another, even from another host.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest

from acceptance.framework.errors import HARNESS
from acceptance.framework.preconditions import LAB, RUN
from labgen.errors import LabgenError
from labgen.lab import store

HELD = pytest.StashKey[ExitStack]()
INPUT = "labgen_run"


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "the id of this run, in the names of all namespaces that it creates; random by default"
    parser.getgroup("labgen").addoption("--run-id", metavar="ID", help=words)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    told = getattr(config, "workerinput", {}).get(INPUT)
    config.stash[RUN] = told or config.getoption("run_id") or secrets.token_hex(3)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the id to an xdist worker before it starts."""
    node.workerinput[INPUT] = node.config.stash[RUN]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Hold the lab until the end of the run. Ends the run if another one has it for too long."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or LAB not in config.stash:
        return
    lab, tier = config.stash[LAB], config.getoption("tier")
    stack = config.stash[HELD] = ExitStack()

    def waiting(holder: str) -> None:
        text = f"waiting for {holder} to finish with lab {lab.name}"
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.write_line(text)
            reporter.flush()  # also into a pipe, before the wait

    lock = store.hold_for_suite(
        lab.name, waiting, doing=f"acceptance suite, tier {tier}", read_only=tier == "smoke"
    )
    try:
        stack.enter_context(_unless_held_by_parent(lock, lab.name))
    except LabgenError as error:
        pytest.exit(str(error), returncode=HARNESS)


@contextmanager
def _unless_held_by_parent(lock: AbstractContextManager[None], lab: str) -> Iterator[None]:
    """Hold the lab, unless the command that runs this suite does, and let commands that this run
    starts know."""
    if os.environ.get(store.HELD_BY_PARENT) == lab:
        yield
        return
    with lock, pytest.MonkeyPatch.context() as patch:
        patch.setenv(store.HELD_BY_PARENT, lab)
        yield


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.get(HELD, ExitStack()).close()
