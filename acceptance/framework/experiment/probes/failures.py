"""The failures of a request, as words for users."""

import errno
import ssl

_WORDS: dict[type[BaseException], str] = {
    TimeoutError: "timeout",
    ConnectionRefusedError: "refused",
    ConnectionResetError: "reset",
    BrokenPipeError: "reset",
    ConnectionAbortedError: "aborted",
    ssl.SSLCertVerificationError: "certificate",
    ssl.SSLError: "tls",
    EOFError: "cut short",
}
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH)


class ProbeFailed(Exception):
    """A request without a good answer; the message is the reason in one or two words."""


# What a probe raises when a request fails. Every other exception is an error of the suite.
FAILURES = (OSError, EOFError, ProbeFailed)


def kind(error: BaseException) -> str:
    """Return a word for the failure."""
    if isinstance(error, ProbeFailed):
        return str(error)
    if getattr(error, "errno", 0) in _UNREACHABLE:
        return "unreachable"
    for exception, word in _WORDS.items():
        if isinstance(error, exception):
            return word
    return type(error).__name__
