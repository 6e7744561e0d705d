"""How much memory a control group needs, of both versions of cgroups."""

from pathlib import Path

import pytest

from labgen.system import group_memory

MIB = 1 << 20
V1 = "9:name=systemd:/box/a/init.scope\n4:memory:/box/a/init.scope\n0::/box/a/init.scope\n"
V2 = "0::/box/a/init.scope\n"


def _host(root: Path, lines: str, directory: str, usage: str, prefix: str) -> Path:
    for path, text in {
        "proc/7/cgroup": lines,
        f"sys/fs/cgroup/{directory}/{usage}": f"{500 * MIB}\n",
        f"sys/fs/cgroup/{directory}/memory.stat": (
            f"{prefix}active_file {60 * MIB}\n"
            f"{prefix}inactive_file {40 * MIB}\n{prefix}anon {300 * MIB}\n"
        ),
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize(
    ("lines", "directory", "usage", "prefix"),
    [
        (V1, "memory/box/a", "memory.usage_in_bytes", "total_"),
        (V2, "box/a", "memory.current", ""),
    ],
    ids=["v1", "v2"],
)
def test_files_in_the_cache_do_not_count(
    lines: str, directory: str, usage: str, prefix: str, tmp_path: Path
) -> None:
    root = _host(tmp_path, lines, directory, usage, prefix)
    assert group_memory.used(7, root) == 400


def test_what_the_kernel_does_not_account_for_is_unknown(tmp_path: Path) -> None:
    assert group_memory.used(7, tmp_path) is None
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/cgroup").write_text(V2)
    assert group_memory.used(7, tmp_path) is None
