"""docs/reference/teeth.md, from the catalogue of sabotages."""

from collections.abc import Iterator

from tests.e2e.mutation.catalog import SABOTAGES
from tests.e2e.mutation.mutation import Mutation

HEAD = """\
# What makes the suite fail

<!-- generated: .venv/bin/python -m tools.reference -->

A test that cannot fail proves nothing. For every test of the
[acceptance suite](../how-to/verify.md) there is a sabotage: something that goes wrong in real
clusters, done to a real lab, which makes exactly that test fail. Undone, it lets the test pass.

```sh
.venv/bin/tox run -e teeth                      # each sabotage alone; takes over an hour
.venv/bin/tox run -e teeth -- -k wrong-selector # one of them
```

`make test` does most of them too, several at once: then exactly their tests fail together. While a
test looks, so does the whole tier `smoke`; what creates something is run with its file, and what
disturbs with the measurement of its file.

Two promises are not a test's. The API's certificate behind the VIP is what every test's client
needs: without the VIP in it, as without any holder of the VIP, the suite ends with one error before
its first test. And a prober that was too slow to see a gap is an error of the suite, not a failure.
"""


def page() -> str:
    """The whole page as Markdown."""
    files: dict[str, list[Mutation]] = {}
    for mutation in SABOTAGES.values():
        for file in dict.fromkeys(test.partition("::")[0] for test in mutation.breaks):
            files.setdefault(file, []).append(mutation)
    return "\n".join([HEAD, *(line for file in files for line in _section(file, files[file]))])


def _section(file: str, sabotages: list[Mutation]) -> Iterator[str]:
    yield from (f"## {file}", "")
    yield from ("| test | promise | sabotage |", "| --- | --- | --- |")
    for mutation in sabotages:
        tests = "<br>".join(f"`{test.partition('::')[2]}`" for test in mutation.breaks)
        told = f"`{mutation.name}`: {mutation.done}"
        tied = f" These fail together: {mutation.tied}" if mutation.tied else ""
        yield f"| {tests} | {mutation.promise} | {told}{tied} |"
    yield ""
