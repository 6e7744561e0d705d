"""Become root by sudo on a machine with another login; the password is sent on standard input."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labgen.errors import LabgenError

# sudo reads the password only where its policy asks for one; otherwise the command would read it.
# So the command starts after a line that marks the beginning of its own input.
BEGIN = "labgen: begin"
SKIP = f"while IFS= read -r line; do [ \"$line\" != '{BEGIN}' ] || break; done; " + 'exec "$@"'


@dataclass(frozen=True)
class Sudo:
    """How to become root. password_file has the password in its first line; without it, sudo must
    not require one."""

    password_file: Path | None = None

    def wrap(self, argv: Sequence[str]) -> tuple[list[str], bytes]:
        """Return argv as root, and the bytes to send before the command's own standard input.
        Raises like password()."""
        if self.password_file is None:
            return ["sudo", "-n", "--", *argv], b""
        words = ["sudo", "-S", "-p", "", "--", "sh", "-c", SKIP, "sh", *argv]
        return words, f"{self.password()}\n{BEGIN}\n".encode()

    def password(self) -> str:
        """Return the password. Raises LabgenError when it cannot be read or when others may read
        it."""
        if self.password_file is None:
            return ""
        try:
            mode = self.password_file.stat().st_mode
            lines = self.password_file.read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise LabgenError(f"cannot read {self.password_file}: {reason}") from error
        if mode & 0o077:
            raise LabgenError(
                f"others may read {self.password_file}, which holds a password",
                hint=f"chmod 600 {self.password_file}",
            )
        if not lines or not lines[0]:
            raise LabgenError(f"{self.password_file} has no password in its first line")
        return lines[0]
