"""What a client can meet, as words for people."""

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
    """No good answer; the message is its kind in one or two words."""


# All that a probe may raise to say that it failed. Everything else is a mistake of the suite.
FAILURES = (OSError, EOFError, ProbeFailed)


def kind(error: BaseException) -> str:
    """A word for what a client met."""
    if isinstance(error, ProbeFailed):
        return str(error)
    if getattr(error, "errno", 0) in _UNREACHABLE:
        return "unreachable"
    for exception, word in _WORDS.items():
        if isinstance(error, exception):
            return word
    return type(error).__name__
