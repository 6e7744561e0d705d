"""`labgen load`, with machines that are directories of this host and programs that record."""

import gzip
import io
import json
import secrets
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from labgen.bundle.parts import sources
from labgen.lab.lab import Lab
from labgen.machine import access
from labgen.operations import load
from labgen.providers.base import State
from labgen.providers.container.provider import ContainerProvider
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made
from tests.unit.system.stubs import Stub, stub

# An ssh that runs the command line on this host, as sshd's shell does. Each machine has its own
# file in place of the one that all have at the same path.
HERE = 'line=${@: -1}; bash -c "${line//on-machine/$3}"'
NAME = "org.opencontainers.image.ref.name"


def archive(path: Path, contents: Mapping[str, Any]) -> str:
    """Write an archive with these JSON files."""
    with tarfile.open(path, "w") as tar:
        for name, content in contents.items():
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return str(path)


def docker_archive(path: Path, *names: str, architecture: str = sources.architecture()) -> str:
    manifest: Any = [{"Config": "c.json", "RepoTags": names or None, "Layers": []}]
    return archive(path, {"manifest.json": manifest, "c.json": {"architecture": architecture}})


def oci_archive(path: Path, *names: str) -> str:
    manifests = [{"annotations": {NAME: name}, "digest": "sha256:m"} for name in names]
    image = {"config": {"digest": "sha256:c"}, "layers": [{"digest": "sha256:l"}]}
    blobs = {"blobs/sha256/m": image, "blobs/sha256/c": {}, "blobs/sha256/l": "layer"}
    return archive(path, {"index.json": {"manifests": manifests}, **blobs})


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> dict[str, State]:
    found: dict[str, State] = {}

    def machines(_self: object, lab: Lab) -> Mapping[str, State]:
        return {it.name: found.get(it.name, State.ON) for it in lab.machines}

    monkeypatch.setattr(ContainerProvider, "machines", machines)
    return found


@pytest.fixture
def programs(
    states: dict[str, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, Stub]:
    monkeypatch.setattr(access, "ensure_route", lambda _: None)
    monkeypatch.setattr(load, "RECEIVED", str(tmp_path / "on-machine.tar"))
    names = ("ctr", "docker", "skopeo", "podman")
    made_of = {name: stub(monkeypatch, tmp_path, name, "exit 1") for name in names[1:]}
    return {
        **made_of,
        "ctr": stub(monkeypatch, tmp_path, "ctr", 'test -f "${@: -1}"'),
        "ssh": stub(monkeypatch, tmp_path, "ssh", HERE),
    }


def test_a_file_is_imported_on_every_machine_and_removed_there(
    programs: Mapping[str, Stub], tmp_path: Path
) -> None:
    made("ha-3x0", "demo")
    file = docker_archive(tmp_path / "app.tar", "app:1", "example.com/team/app:2")
    said = labgen("load", "demo", file)
    assert (said.exit_code, said.out) == (0, "")
    assert said.err.startswith(
        "loaded docker.io/library/app:1, example.com/team/app:2 into 3 machines ("
    )
    targets = [tmp_path / f"{name}.tar" for name in ("master1", "master2", "master3")]
    call = ["--namespace", "k8s.io", "images", "import", "--all-platforms=false"]
    assert sorted(programs["ctr"].calls) == [[*call, str(target)] for target in targets]
    assert not any(target.exists() for target in targets)


@pytest.mark.parametrize("store", ["podman", "docker"])
def test_an_image_of_a_store_is_saved_by_its_name(
    store: str, programs: Mapping[str, Stub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo")
    file = docker_archive(tmp_path / "saved.tar", "localhost/app:1")
    body = f'[ "$1" = image ] || {{ while [ "$1" != --output ]; do shift; done; cp {file} "$2"; }}'
    saver = stub(monkeypatch, tmp_path, store, body)
    said = labgen("load", "demo", "app:1")
    assert (said.exit_code, said.err[:37]) == (0, "loaded localhost/app:1 into master1 (")
    assert saver.calls[-1][0] == "save"
    assert list((tmp_path / "home/cache").glob("load-*")) == []


def test_a_file_of_a_user_that_does_not_exist_is_missing(programs: Mapping[str, Stub]) -> None:
    made("single", "demo")
    said = labgen("load", "demo", "~nosuchuser/app.tar")
    first = "error: there is no file ~nosuchuser/app.tar"
    assert (said.exit_code, said.err.splitlines()[0]) == (2, first)


def test_all_that_is_missing_is_named_at_once_and_nothing_is_sent(
    programs: Mapping[str, Stub], tmp_path: Path
) -> None:
    made("single", "demo")
    there = docker_archive(tmp_path / "app.tar", "app:1")
    said = labgen("load", "demo", there, "absent:1", "./absent.tar", "other")
    assert said.exit_code == 2
    assert said.err.splitlines()[:3] == [
        "error: there is no file ./absent.tar",
        "neither podman nor docker has an image absent:1",
        "neither podman nor docker has an image other",
    ]
    assert programs["ssh"].calls == []


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_file_that_is_no_archive_of_images_is_refused(
    content: bytes | None, programs: Mapping[str, Stub], tmp_path: Path
) -> None:
    made("single", "demo")
    file = tmp_path / "app.tar"
    archive(file, {"etc/passwd": "root"})
    if content is not None:
        file.write_bytes(content)
    said = labgen("load", "demo", str(file))
    assert said.exit_code == 2
    assert said.err.startswith(f"error: {file} is no archive of container images\n")


@pytest.mark.parametrize("cut", [20, 60_000])
def test_a_compressed_archive_that_is_cut_off_is_refused(
    cut: int, programs: Mapping[str, Stub], tmp_path: Path
) -> None:
    made("single", "demo")
    plain = Path(archive(tmp_path / "plain.tar", {"a": secrets.token_hex(60_000)}))
    file = tmp_path / "app.tar.gz"
    file.write_bytes(gzip.compress(plain.read_bytes())[:cut])
    said = labgen("load", "demo", str(file))
    assert said.exit_code == 2
    assert said.err.startswith(f"error: {file} is no archive of container images\n")


def test_a_file_of_an_unknown_user_is_one_that_does_not_exist(
    programs: Mapping[str, Stub],
) -> None:
    made("single", "demo")
    said = labgen("load", "demo", "~nosuchuser/app.tar")
    assert said.exit_code == 2
    assert said.err.startswith("error: there is no file ~nosuchuser/app.tar\n")


@pytest.mark.parametrize("write", [docker_archive, oci_archive])
def test_images_without_names_are_refused(
    write: Any, programs: Mapping[str, Stub], tmp_path: Path
) -> None:
    made("single", "demo")
    said = labgen("load", "demo", write(tmp_path / "app.tar"))
    assert said.exit_code == 2
    assert "have no names, by which pods could find them" in said.err


def test_an_image_for_other_processors_is_refused(
    programs: Mapping[str, Stub], tmp_path: Path
) -> None:
    made("single", "demo")
    said = labgen("load", "demo", docker_archive(tmp_path / "a.tar", "app:1", architecture="s390x"))
    assert said.exit_code == 2
    assert "app:1 is for s390x, and the lab's machines are" in said.err


def test_a_machine_that_is_off_is_named_and_nothing_is_sent(
    programs: Mapping[str, Stub], states: dict[str, State], tmp_path: Path
) -> None:
    made("ha-3x0", "demo")
    states["master2"] = State.OFF
    said = labgen("load", "demo", docker_archive(tmp_path / "a.tar", "app:1"))
    assert said.exit_code == 1
    assert said.err.splitlines() == [
        "error: images can only be loaded into machines that are on: master2 is off",
        "  labgen start demo",
    ]
    assert programs["ssh"].calls == []


def test_a_machine_that_cannot_import_gives_its_own_reason(
    programs: Mapping[str, Stub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo")
    stub(monkeypatch, tmp_path, "ctr", "echo 'ctr: no space left on device' >&2; exit 1")
    said = labgen("load", "demo", docker_archive(tmp_path / "a.tar", "app:1"))
    assert said.exit_code == 1
    assert said.err.startswith("error: master1: the import of images failed with exit code 1\n")
    assert "ctr: no space left on device" in said.err
    assert not (tmp_path / "master1.tar").exists()


@pytest.mark.parametrize(
    "case",
    [
        ("docker", docker_archive, "docker", ["image", "load", "--quiet", "--input", "FILE"]),
        ("docker", oci_archive, "docker", ["image", "load", "--quiet", "--input", "FILE"]),
        (
            "cri-o",
            docker_archive,
            "skopeo",
            ["docker-archive:FILE:app:1", "containers-storage:app:1"],
        ),
        ("cri-o", oci_archive, "skopeo", ["oci-archive:FILE:app:1", "containers-storage:app:1"]),
    ],
)
def test_other_runtimes_import_by_their_own_programs(
    case: tuple[str, Any, str, Sequence[str]],
    programs: Mapping[str, Stub],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime, write, program, expected = case
    made("single", "demo", overrides=[f"kubernetes.runtime={runtime}"])
    stub(monkeypatch, tmp_path, program)
    assert labgen("load", "demo", write(tmp_path / "a.tar", "app:1")).exit_code == 0
    words = [word.replace("FILE", str(tmp_path / "master1.tar")) for word in expected]
    assert programs[program].calls[-1][-len(words) :] == words


def test_docker_gets_an_oci_archive_with_a_manifest_of_its_own(
    programs: Mapping[str, Stub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo", overrides=["kubernetes.runtime=docker"])
    kept = tmp_path / "kept.json"
    stub(monkeypatch, tmp_path, "docker", f'tar -xOf "${{@: -1}}" manifest.json >{kept}')
    assert labgen("load", "demo", oci_archive(tmp_path / "a.tar", "app:1")).exit_code == 0
    assert json.loads(kept.read_text()) == [
        {"Config": "blobs/sha256/c", "RepoTags": ["app:1"], "Layers": ["blobs/sha256/l"]}
    ]


def test_docker_gets_each_of_two_archives_that_have_one_file_name(
    programs: Mapping[str, Stub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("single", "demo", overrides=["kubernetes.runtime=docker"])
    kept = tmp_path / "kept"
    stub(monkeypatch, tmp_path, "docker", f'tar -xOf "${{@: -1}}" manifest.json >>{kept}')
    files = [tmp_path / name / "image.tar" for name in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        oci_archive(file, f"{file.parent.name}:1")
    assert labgen("load", "demo", *map(str, files)).exit_code == 0
    assert [tag in kept.read_text() for tag in ("a:1", "b:1")] == [True, True]


def test_the_tag_latest_has_a_note(programs: Mapping[str, Stub], tmp_path: Path) -> None:
    made("single", "demo")
    said = labgen("load", "demo", docker_archive(tmp_path / "a.tar", "app:latest"))
    assert "note: a pod pulls docker.io/library/app:latest anyway" in said.err
