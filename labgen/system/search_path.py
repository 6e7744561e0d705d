"""Where programs are found: on PATH, and where a system keeps those of its administrator.

cron and some logins have a PATH without the latter.
"""

import os

SYSTEM_PROGRAMS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def complete() -> None:
    """Append the directories of system programs to PATH where it lacks them.

    This is done once, in the environment, because programs that labgen starts look for others by
    themselves: podman for runc and iptables.
    """
    path = os.environ.get("PATH", os.defpath)
    lacking = [it for it in SYSTEM_PROGRAMS if it not in path.split(os.pathsep)]
    os.environ["PATH"] = os.pathsep.join([path, *lacking])
