"""docs/reference/mutations.md, from the catalog of mutations."""

from collections.abc import Iterator

from tests.e2e.mutation.catalog import MUTATIONS
from tests.e2e.mutation.mutation import Mutation

HEAD = """\
# What makes the suite fail: mutation tests

<!-- generated: .venv/bin/python -m tools.reference -->

A test that cannot fail proves nothing. For every test of the
[acceptance suite](../how-to/verify.md) there is a mutation: something that goes wrong in real
clusters, done to a real lab on purpose. It makes exactly that test fail. Once it is undone, the
test passes again.

```sh
.venv/bin/tox run -e mutations                      # each mutation alone; takes over an hour
.venv/bin/tox run -e mutations -- -k wrong-selector # one of them
```

`make test-all` applies most of them in groups: then exactly the tests of that group fail together.
`make test` applies one small group. A mutation of a test in tier `smoke` is judged by the whole
tier, every other one by the file of its test.

Two promises belong to no single test. Every test's client needs an API certificate that is valid
for the VIP: without the VIP in it, or without a VIP holder, the suite ends with one error before
its first test. And a prober that was too slow to see a gap is an error of the suite, not a failure.
"""


def page() -> str:
    """Return the complete page as Markdown."""
    files: dict[str, list[Mutation]] = {}
    for mutation in MUTATIONS.values():
        for file in dict.fromkeys(test.partition("::")[0] for test in mutation.breaks):
            files.setdefault(file, []).append(mutation)
    return "\n".join([HEAD, *(line for file in files for line in _section(file, files[file]))])


def _section(file: str, mutations: list[Mutation]) -> Iterator[str]:
    yield from (f"## {file}", "")
    yield from ("| test | promise | mutation |", "| --- | --- | --- |")
    for mutation in mutations:
        tests = "<br>".join(f"`{test.partition('::')[2]}`" for test in mutation.breaks)
        told = f"`{mutation.name}`: {mutation.done}"
        tied = f" These fail together: {mutation.tied}" if mutation.tied else ""
        yield f"| {tests} | {mutation.promise} | {told}{tied} |"
    yield ""
