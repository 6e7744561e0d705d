"""Run labgen as a user does, with its output in the test's output."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from labgen.lab import identity, store
from labgen.lab.lab import labs_directory
from labgen.system import netns
from labgen.system.process import Completed, environment, run
from labgen.system.wait import NotYet, until

ROOT = Path(__file__).parents[3]
LABGEN = ROOT / ".venv/bin/labgen"
INTERRUPTED = 130  # 128 + SIGINT, as shells report it
WARM: Mapping[str, str | None] = {"LABGEN_COLD": None}
UP = 600.0  # seconds; a lab comes up in one or two minutes, also beside other work


def labgen(
    *words: str,
    timeout: float = 120,
    check: bool = True,
    quiet: bool = False,
    within: Sequence[str] = (),
    warm: bool = False,
) -> Completed:
    """Run labgen to its end, and show it unless quiet; see shown(). With warm, `up` may make a lab
    from a checkpoint in the cache, and keeps one."""
    env = WARM if warm else {}
    return shown(
        [LABGEN, *words], timeout=timeout, check=check, quiet=quiet, within=within, env=env
    )


def shown(
    argv: Sequence[str | Path],
    *,
    timeout: float,
    check: bool = True,
    quiet: bool = False,
    within: Sequence[str] = (),
    env: Mapping[str, str | None] | None = None,
) -> Completed:
    """Run argv to its end in the checkout, and show its output unless quiet.

    env is added to the environment, see run(). within is a prefix of the command, for example one
    that runs it on another host.
    """
    begin = time.monotonic()
    done = run([*within, *argv], timeout=timeout, check=check, cwd=ROOT, env=env)
    if not quiet:
        name = Path(argv[0]).name
        line = f"\n$ {shlex.join([name, *(str(word) for word in argv[1:])])}\n"
        seconds = f"({time.monotonic() - begin:.1f} s, exit code {done.exit_code})\n"
        sys.stdout.write(line + done.stdout + done.stderr + seconds)
        sys.stdout.flush()
    return done


@contextmanager
def begun(
    *words: str, warm: bool = False, program: Sequence[str | Path] = (LABGEN,)
) -> Iterator[subprocess.Popen[bytes]]:
    """Start labgen in a new session, as in a terminal. Kill it at the end if it still runs."""
    process = subprocess.Popen(
        [*program, *words],
        cwd=ROOT,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        env=environment(WARM if warm else {}),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def await_step(lab: str, step: str) -> None:
    """Wait until the step has started, by the lab's journal."""
    journal = labs_directory() / lab / "journal.jsonl"

    def look() -> None:
        lines = journal.read_text().splitlines() if journal.exists() else []
        if not any("step-started" in line and f'"{step}"' in line for line in lines):
            raise NotYet(lines[-1] if lines else "no journal")

    until(look, what=f"step {step} of lab {lab}", timeout=120, interval=0.05)


def await_file(lab: str, machine: str, path: str) -> None:
    """Wait until the file exists on the machine."""

    def look() -> None:
        name = f"{store.load(lab).machine_prefix}{machine}"
        argv = ["podman", "exec", name, "test", "-e", path]
        if not run(argv, timeout=30, check=False).ok:
            raise NotYet("none")

    until(look, what=f"{path} on {machine}", timeout=120, interval=0.1)


def await_namespace(lab: str) -> None:
    """Wait until the lab's first machine has its network namespace."""

    def look() -> None:
        lab_id = identity.known(labs_directory() / lab)
        if not (netns.NAMED / f"labgen-{lab_id}-master1").exists():
            raise NotYet("none")

    until(look, what=f"a namespace of lab {lab}", timeout=60, interval=0.02)
