"""All versions are in one file, and everything else agrees with it."""

import re

import pytest

from labgen.bundle import contents
from labgen.bundle.parts import sources
from labgen.bundle.parts.compiling import required_version
from labgen.bundle.parts.images import programs
from labgen.bundle.parts.programs import ADDONS, KUBERNETES, Module, linker_flags
from labgen.bundle.versions import known_versions, release
from labgen.errors import UsageError

RELEASE = release(known_versions()[0])
COMPANION = {module.name: module for module in ADDONS}


@pytest.mark.parametrize(
    ("module", "version"),
    [
        (KUBERNETES, RELEASE.kubernetes),
        (COMPANION["etcd"], f"v{RELEASE.etcd.split('-')[0]}"),
        (COMPANION["coredns"], RELEASE.coredns),
        (COMPANION["flannel"], RELEASE.flannel),
    ],
    ids=lambda value: value.name if isinstance(value, Module) else value,
)
def test_go_modules_require_the_versions_of_the_release(module: Module, version: str) -> None:
    assert required_version(module) == version


@pytest.mark.parametrize("module", ADDONS, ids=lambda module: module.name)
def test_addons_use_the_libraries_that_kubernetes_is_compiled_with(module: Module) -> None:
    """Compare versions of libraries: different ones would be compiled twice, which takes minutes.
    caddy is used only by CoreDNS."""
    wanted, used = libraries(KUBERNETES), libraries(module)
    other = {name for name in used.keys() & wanted.keys() if used[name] != wanted[name]}
    assert other <= {"github.com/coredns/caddy"}


def libraries(module: Module) -> dict[str, str]:
    """Return the version of each module in its go.mod, with replacements applied."""
    text = (sources.MODULES / module.name / "go.mod").read_text()
    required = re.findall(r"^\s*(?:require )?(\S+\.\S+) (v\S+)(?: //.*)?$", text, re.MULTILINE)
    replaced = re.findall(r"^\s*(\S+) => \S+ (v\S+)$", text, re.MULTILINE)
    return {**dict(required), **dict(replaced)}


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        release("v1.2.3")
    assert refused.value.hint == "known: v1.37.2"


def test_every_image_has_a_program_that_some_part_builds() -> None:
    recipe = contents.recipe(RELEASE.kubernetes)
    built = {output for part in recipe.parts for output in part.outputs}
    wanted = programs(RELEASE)
    assert set(wanted) == set(RELEASE.images)
    assert {f"bin/{program}" for program in wanted.values()} <= built


def test_kubernetes_programs_say_their_version() -> None:
    flags = linker_flags(KUBERNETES, "v1.37.2")
    assert "-X k8s.io/component-base/version.gitVersion=v1.37.2" in flags
    assert "-X k8s.io/client-go/pkg/version.gitMinor=37" in flags


def test_parts_stand_only_on_earlier_ones() -> None:
    seen: set[str] = set()
    for part in contents.recipe(RELEASE.kubernetes).parts:
        assert set(part.depends_on) <= seen
        seen.add(part.name)
