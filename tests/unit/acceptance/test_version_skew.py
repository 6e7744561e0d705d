"""Compatible versions of kubelets and control planes, and the version in an image's name."""

import pytest

from acceptance.framework import version_skew


@pytest.mark.parametrize("kubelet", ["v1.37.2", "v1.37.0", "v1.34.9", "v1.36.1+vendor.2"])
def test_kubelet_may_be_three_minor_versions_older(kubelet: str) -> None:
    assert version_skew.misfit(kubelet, "v1.37.2") is None


@pytest.mark.parametrize(
    ("kubelet", "reason"),
    [
        ("v1.38.0", "newer than"),
        ("v1.33.9", "more than 3 minor versions older"),
        ("unknown", "cannot be compared"),
    ],
)
def test_kubelet_beyond_that_is_told(kubelet: str, reason: str) -> None:
    assert reason in (version_skew.misfit(kubelet, "v1.37.2") or "")


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("registry.k8s.io/kube-apiserver:v1.37.2", "v1.37.2"),
        ("10.0.0.1:5000/kube-apiserver:v1.37.2@sha256:00", "v1.37.2"),
        ("10.0.0.1:5000/kube-apiserver@sha256:00", ""),
    ],
)
def test_tag_is_read_past_ports_and_digests(image: str, tag: str) -> None:
    assert version_skew.tag(image) == tag
