"""Groups of commands: their help shows the full first sentence of each command."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import click

Rows = Sequence[tuple[str, str]]


class Group(click.Group):
    """A group whose help lists its commands with full sentences."""

    def sections(self, ctx: click.Context) -> Mapping[str, Sequence[str]]:
        """Return the names of the commands below each heading of the help."""
        return {"Commands": self.list_commands(ctx)}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every section of commands."""
        sections = self.sections(ctx)
        width = max((len(name) for names in sections.values() for name in names), default=0)
        for heading, names in sections.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{it:<{width}}", self._sentence(ctx, it)) for it in names])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is a usage error that names similar ones."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            meant = self.similar(ctx, name)
            hint = f" Did you mean {' or '.join(map(repr, meant))}?" if meant else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def similar(self, ctx: click.Context, name: str) -> list[str]:
        """Return the names of commands that are similar to name."""
        return get_close_matches(name, self.list_commands(ctx))

    def _sentence(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        text = " ".join(((command and command.help) or "").split("\n\n")[0].split())
        return text.split(". ")[0].removesuffix(".")
