"""The facts of a usual host."""

from labgen.system.host import MANY_FILES, MANY_PROCESSES, HostFacts

USUAL = HostFacts(
    root=True,
    kernel=(6, 12),
    cgroup_v2=True,
    may_raise_limits=True,
    open_files_limit=MANY_FILES,
    processes_limit=MANY_PROCESSES,
    kernel_modules=None,
    bridge_netfilter=True,
)
