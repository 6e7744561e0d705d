"""Run tasks in threads concurrently, wait for all of them and gather every error.

The steps of a plan have a separate pool, labgen.up.graph, because they wait for each other.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from labgen.errors import SeveralErrors
from labgen.system import interrupt

T = TypeVar("T")


def gather(tasks: Mapping[str, Callable[[], T]], *, at_most: int | None = None) -> dict[str, T]:
    """Run the named tasks concurrently, at most so many at a time, and return their results under
    the same names.

    If one task fails, its error is raised after all have ended; if several fail, SeveralErrors.
    """
    if not tasks:
        return {}
    results: dict[str, T] = {}
    errors: dict[str, BaseException] = {}
    with interrupt.held(), ThreadPoolExecutor(max_workers=at_most or len(tasks)) as pool:
        # What runs at once may be what cleans up after an interrupt.
        waits = at_most is not None and at_most < len(tasks)
        futures = {
            name: pool.submit(_begin, task) if waits else pool.submit(task)
            for name, task in tasks.items()
        }
        for name, future in futures.items():
            error = future.exception()
            if error is None:
                results[name] = future.result()
            else:
                errors[name] = error
    if len(errors) == 1:
        raise next(iter(errors.values()))
    if errors:
        raise SeveralErrors(errors)
    return results


def _begin(task: Callable[[], T]) -> T:
    """Run the task, unless an interrupt came while it waited for its turn."""
    interrupt.check()
    return task()
