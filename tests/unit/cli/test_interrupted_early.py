"""Ctrl-C while Python still imports labgen."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from labgen.cli import INTERRUPTED

# in place of the first package that labgen's entry imports
SLOW = """
import sys, time
print("importing", flush=True)
try:
    time.sleep(60)
except BaseException as error:
    raise ImportError("broken off") from error
"""


def test_ctrl_c_while_python_imports_ends_quietly_with_130(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text(SLOW)
    # pytest may have been started with Ctrl-C ignored, as a shell's background is
    heard = ["env", "--default-signal=INT"]
    words = [*heard, str(Path(sys.executable).with_name("labgen")), "list"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        words,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"importing\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == INTERRUPTED
        assert process.stderr.read() == b""
