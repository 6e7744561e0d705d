"""Skip tests that need a tool that a machine lacks: this is not a failure of the cluster, but
nothing can be known."""

from typing import Any

import pytest

NO_PROGRAM = 127  # a shell's exit code, POSIX
NO_FILE = {58, 77}  # curl's: its certificate, or the CA's, cannot be read


def ensure_program(answer: Any, program: str) -> None:
    """Skip the test if the command was not found on the machine."""
    if answer.rc == NO_PROGRAM:
        pytest.skip(f"the machine has no {program}")


def ensure_curl(answer: Any) -> None:
    """Skip the test if curl could not even send the request."""
    ensure_program(answer, "curl")
    if answer.rc in NO_FILE:
        pytest.skip(f"kubeadm's certificates are not on the machine: {answer.stderr.strip()}")
