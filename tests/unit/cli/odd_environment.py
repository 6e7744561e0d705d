"""Run every command of labgen in the environment of this process, and write how each one ended.

    python -m tests.unit.cli.odd_environment RESULTS INTERRUPT WORDS...

Each call is a fork with everything imported, so it costs no second start of Python. WORDS fill the
arguments of commands: NAME=WORD. With INTERRUPT, each call gets SIGINT after so many seconds. The
results are JSON lines: the call, its exit code, and all that it printed on standard error.
"""

import gc
import importlib
import json
import os
import pkgutil
import pwd
import select
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

import labgen
from labgen.cli import entry
from labgen.lab import allocation
from labgen.system import netns, paths

LIMIT = 60.0  # seconds until a call is stuck
STUCK = -1
OTHER = "x"  # for an argument that WORDS does not name
INSTEAD: dict[tuple[str, ...], list[str]] = {
    ("bundle", "build"): ["--kubernetes", "none"],  # it would build for minutes
    ("bench", "failover"): ["absent"],  # starts pytest, as verify does
    ("exercise", "new"): ["Not a name"],  # it would create one in the working directory
}


def calls(words: dict[str, str]) -> Iterator[list[str]]:
    """Yield each command of the click tree with all that it takes, also as JSON, and each group."""

    def walk(command: click.Command, path: list[str], ctx: click.Context) -> Iterator[list[str]]:
        if isinstance(command, click.Group):
            yield path
            for name in command.list_commands(ctx):
                inner = command.get_command(ctx, name)
                assert inner
                yield from walk(inner, [*path, name], ctx)
            return
        arguments = [it for it in command.params if isinstance(it, click.Argument)]
        filled = [
            words.get(f"{path[-1]}.{it.name}", words.get(str(it.name), OTHER)) for it in arguments
        ]
        yield [*path, *INSTEAD.get(tuple(path), filled)]
        options = [it for it in command.params if isinstance(it, click.Option)]
        if any("--output" in it.opts for it in options) and path != ["verify"]:
            yield [*path, "-o", "json", *INSTEAD.get(tuple(path), filled)]

    yield ["--help"]
    yield ["up"]  # without what it needs
    yield from walk(entry.cli, [], click.Context(entry.cli))


def no_home(_user: int) -> pwd.struct_passwd:
    """Replace pwd.getpwuid: the system does not know the user."""
    raise KeyError("no such user")


def main() -> None:
    """Call each command. A fork returns from here, to end as every Python program ends."""
    results, interrupt, *rest = sys.argv[1:]
    words = dict(word.split("=", 1) for word in rest)
    pwd.getpwuid = no_home  # the real home of whoever runs the tests is out of bounds
    allocation.host_routes = lambda *_: ()  # type: ignore[attr-defined]
    netns.inode = lambda: 0
    place = Path(words.pop("runtime"))
    paths.runtime = lambda: place
    todo = list(calls(words))
    for module in pkgutil.walk_packages(labgen.__path__, "labgen."):
        with suppress(ImportError):  # of libvirt, which is optional
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # as before everything is imported
    gc.freeze()  # or every fork would copy all objects
    for call in todo:
        with tempfile.TemporaryFile(dir="/dev/shm") as seen:
            child = os.fork()
            if child == 0:
                os.setsid()
                os.dup2(seen.fileno(), 2)
                sys.argv = ["labgen", *call]
                entry.main(interruptible=True)
            code = _end(child, float(interrupt))
            seen.seek(0)
            said = seen.read().decode(errors="replace")
        with Path(results).open("a") as file:
            file.write(json.dumps([call, code, said]) + "\n")


def _end(child: int, interrupt: float) -> int:
    """Return the exit code of a fork; STUCK if it had to be killed."""
    descriptor = os.pidfd_open(child)
    try:
        if interrupt and not _ends(descriptor, interrupt):
            os.kill(child, signal.SIGINT)
        if not _ends(descriptor, LIMIT):
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return STUCK
    finally:
        os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _ends(process: int, seconds: float) -> bool:
    return bool(select.select([process], [], [], seconds)[0])


if __name__ == "__main__":
    main()
