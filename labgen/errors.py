"""The error tree. Every error that users see is a LabgenError; the CLI prints it and exits.

Users see what happened, what was seen last, where the log is and what to type. They see a stack
trace only with -v.
"""

from pathlib import Path


class LabgenError(Exception):
    """An error that the user must see; exit code 1.

    hint is what to type or do, last_seen what was observed before the error, log the file with all
    output.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        last_seen: str | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.last_seen = last_seen
        self.log = log

    def __str__(self) -> str:
        lines = [self.message]
        if self.last_seen:
            lines.append(f"  last seen: {self.last_seen}")
        if self.log:
            lines.append(f"  log: {self.log}")
        if self.hint:
            lines.extend(f"  {line}" for line in self.hint.splitlines())
        return "\n".join(lines)

    @property
    def reason(self) -> str:
        """Return the error in one line that contains the cause."""
        seen = (self.last_seen or "").strip().splitlines()
        said = " ".join(self.message.split())
        return f"{said}: {seen[-1].strip()}" if seen else said


def reason(error: BaseException) -> str:
    """Return any error in one line that contains the cause."""
    if isinstance(error, LabgenError):
        return error.reason
    return " ".join(str(error).split()) or type(error).__name__


def os_reason(error: OSError) -> str:
    """Return what the system said, after the file that it is about, where one is known."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


class UsageError(LabgenError):
    """The command line or a file it names is wrong; exit code 2."""

    exit_code = 2


class HostUnfit(LabgenError):
    """This host is unsuitable, and nothing was created; exit code 3. The hint is the remedy."""

    exit_code = 3


class SeveralErrors(LabgenError):
    """Errors of tasks that ran concurrently, each with the name of its task."""

    def __init__(self, errors: dict[str, BaseException]) -> None:
        self.errors = errors
        super().__init__("\n".join(f"{name}: {error}" for name, error in errors.items()))
        self.exit_code = max(getattr(error, "exit_code", 1) for error in errors.values())

    @property
    def reason(self) -> str:
        return "; ".join(f"{name}: {reason(error)}" for name, error in self.errors.items())
