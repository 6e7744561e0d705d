"""A program that gets Ctrl-C at a chosen moment: python -c, struck.main(PID FILE, MOMENT).

It says "ended" when everything under way has ended, and then whether a process runs again.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from labgen.system.parallel import gather
from labgen.system.process import run
from labgen.up.graph import Listener, Outcome, Step, run_steps

Work = Callable[[], Outcome]
PLAIN = subprocess.Popen


def in_process_start(sleep: Work, strike: Work) -> None:
    class Struck(PLAIN):  # type: ignore[type-arg]
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            strike()

    subprocess.Popen = Struck  # type: ignore[misc]
    sleep()


def in_thread_start(sleep: Work, strike: Work) -> None:
    class Struck(threading.Thread):
        def start(self) -> None:
            super().start()
            if self.name.endswith("_1"):  # the second of the pool
                strike()

    threading.Thread = Struck  # type: ignore[misc]
    gather({"a": sleep, "b": sleep})


def in_callback(sleep: Work, strike: Work) -> None:
    """Raise an error in a callback of the interpreter, which prints and ignores it."""

    class Tasks(dict[str, Work]):
        def items(self) -> Iterator[tuple[str, Work]]:  # type: ignore[override]
            yield "a", sleep
            thing = Tasks()
            callback = weakref.ref(thing, lambda _: strike() and None)
            del thing
            assert callback() is None
            yield "b", sleep

    gather(Tasks(a=sleep, b=sleep))


def in_another_thread(sleep: Work, strike: Work) -> None:
    """Run in a thread while the main thread is blocked and is not woken."""

    def struck() -> Outcome:
        time.sleep(0.2)  # the main thread waits by then; nothing can be observed of that
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return Outcome.OK

    gather({"a": sleep, "b": struck})


def between_steps(sleep: Work, strike: Work) -> None:
    def started(step: Step) -> None:
        if step.name == "b":
            strike()

    told = Listener(started, lambda _: None, lambda step, _: say("failed", step.name))
    run_steps([Step("a", sleep), Step("b", sleep)], told)


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


def main(pid_file: str, moment: str) -> None:
    """Run the function called moment."""
    pid = Path(pid_file)

    def sleep() -> Outcome:
        # added, not replaced: the second of two may be struck before it has told its own
        run(["sh", "-c", f"sleep 60 & echo $! >>{pid}; wait"], timeout=60)
        return Outcome.OK

    def strike() -> Outcome:
        while not (pid.exists() and pid.read_text().strip()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        return Outcome.OK

    try:
        globals()[moment](sleep, strike)
    except KeyboardInterrupt:
        say("ended")
    subprocess.Popen = PLAIN  # type: ignore[misc]
    say("cleaned up", str(run(["true"], timeout=10).exit_code))
