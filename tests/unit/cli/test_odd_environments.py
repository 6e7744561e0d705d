"""No traceback reaches a user: every command in every odd environment.

The commands are those of the click tree, so new ones are included.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from labgen.lab import store
from labgen.scenario.host_environment import HostEnvironment
from labgen.scenario.load import load
from labgen.system import netns
from labgen.system.process import run
from tests.unit.cli.odd_environment import STUCK
from tests.unit.lab.samples import with_keys

REPOSITORY = Path(__file__).parents[3]
# TEST-NET-1 (RFC 5737); the worker has no network, so nothing is sent to it.
SCENARIO = """\
name: demo
description: für München
network: {subnet: 192.0.2.0/24, vip: 192.0.2.244}
provider: {name: ssh}
machines:
  - role: control-plane
    hosts: [{address: 192.0.2.3}]
"""
# What Python prints of errors that nobody caught, and of those at its end.
UNCAUGHT = ("Traceback (most recent", "Exception ignored", "Fatal Python", "Error in sys")
KNOWN = {0, 1, 2, 3, 4, 130, -signal.SIGINT}
# A small disk with the labs on it, and no room left.
FULL = """\
mount -t tmpfs -o size=256k none "$1" && cp -a "$2/." "$1"
dd if=/dev/zero of="$1/rest" status=none
shift 2; exec "$@"
"""


@dataclass(frozen=True)
class Odd:
    """An environment: what starts the worker, its variables, and where its standard output goes."""

    prefix: Sequence[str] = ()
    variables: dict[str, str | None] = field(default_factory=dict)
    out: str = "/dev/null"  # "pipe" for one that nobody reads
    interrupt: float = 0.0  # seconds until SIGINT


ENVIRONMENTS = {
    "no home": Odd(variables=dict.fromkeys(("HOME", "LABGEN_HOME", "KUBECONFIG", "VAGRANT_HOME"))),
    "read-only": Odd(prefix=["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]),
    "closed pipe": Odd(out="pipe"),
    "output to a full disk": Odd(out="/dev/full"),
    "no output at all": Odd(prefix=["bash", "-c", 'exec "$@" >&- <&-', "-"]),
    "ASCII": Odd(variables={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "umask 077": Odd(prefix=["bash", "-c", 'umask 077; exec "$@"', "-"]),
    "nothing on PATH": Odd(variables={"PATH": "/nonexistent"}),
    "full disk": Odd(prefix=["unshare", "--mount", "bash", "-c", FULL, "-"]),
    "Ctrl-C at once": Odd(interrupt=0.001),
    "Ctrl-C": Odd(interrupt=0.15),
}


def _may_unshare() -> bool:
    words = ["unshare", "--net", "--mount", "true"]
    return os.geteuid() == 0 and run(words, timeout=30, check=False).ok


@pytest.mark.skipif(not _may_unshare(), reason="only root with namespaces can make some of them")
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_traceback_reaches_a_user(
    name: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netns, "inode", lambda: 0)  # as in the worker
    odd = ENVIRONMENTS[name]
    results = tmp_path / "results"
    prefix, words = list(odd.prefix), _world(tmp_path, home)
    if name == "full disk":
        (tmp_path / "full").mkdir()
        prefix += [str(tmp_path / "full"), str(home)]
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"},
        "LABGEN_HOME": str(tmp_path / "full" if name == "full disk" else home),
        **odd.variables,
    }
    if name == "read-only":
        _make_read_only(home, tmp_path / "user")
    worker = [sys.executable, "-m", "tests.unit.cli.odd_environment"]
    done = subprocess.run(
        [
            shutil.which("unshare") or "unshare",
            "--net",
            *prefix,
            *worker,
            str(results),
            str(odd.interrupt),
            *words,
        ],
        env={key: value for key, value in environment.items() if value is not None},
        stdin=subprocess.DEVNULL,
        stdout=_unread() if odd.out == "pipe" else os.open(odd.out, os.O_WRONLY),
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
        check=False,
    )
    ended = [json.loads(line) for line in results.read_text().splitlines()]
    assert len(ended) > 50, done.stderr.decode()
    wrong = [
        f"labgen {' '.join(call)}: {'stuck' if code == STUCK else code}\n{said}"
        for call, code, said in ended
        if code not in KNOWN or any(it in said for it in UNCAUGHT)
    ]
    assert not wrong, "\n".join(wrong)


def _world(tmp_path: Path, home: Path) -> list[str]:
    """Make a lab, and return the words that commands get."""
    scenario = tmp_path / "demo.yaml"
    scenario.write_text(SCENARIO)
    lab = store.make(load(scenario, host_environment=HostEnvironment()), "demo", "ssh")
    with_keys(lab).kubeconfig.write_text("{}")
    (tmp_path / "user").mkdir()
    return [
        f"runtime={tmp_path}/run",
        "name=demo",
        "names=demo",
        "machine=master1",
        "machines=master1",
        f"scenario={scenario}",
        f"validate.wanted={scenario}",
        f"show.wanted={scenario}",
        f"compare.a={scenario}",
        f"compare.b={scenario}",
        "inject.wanted=power-cut",
        "explain.wanted=power-cut",
        f"directory={tmp_path}/user/out",
        f"recording={tmp_path}/absent",
    ]


def _make_read_only(*directories: Path) -> None:
    for top in directories:
        for path in (top, *top.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)


def _unread() -> int:
    """Return the writing end of a pipe whose reading end is closed."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing
