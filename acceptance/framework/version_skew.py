"""Versions of Kubernetes' programs, and whether they are compatible."""

import re

VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
BEHIND = (
    3  # minor versions a kubelet may be older, https://kubernetes.io/releases/version-skew-policy/
)


def misfit(kubelet: str, api_server: str) -> str | None:
    """Return why a kubelet of that version is incompatible with the API server; None if it is
    compatible."""
    older, newer = _minor(kubelet), _minor(api_server)
    if older is None or newer is None:
        return f"{kubelet} and {api_server} cannot be compared"
    if older > newer:
        return f"the kubelet's {kubelet} is newer than the API server's {api_server}"
    if older[0] != newer[0] or newer[1] - older[1] > BEHIND:
        return f"{kubelet} is more than {BEHIND} minor versions older than {api_server}"
    return None


def tag(image: str) -> str:
    """Return the tag of an image's name; empty if there is only a digest."""
    name = image.partition("@")[0]
    return name.rpartition("/")[2].partition(":")[2]


def _minor(version: str) -> tuple[int, int] | None:
    found = VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else None
