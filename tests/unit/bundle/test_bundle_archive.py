"""The image archive is reproducible and shares layers."""

import gzip
import hashlib
import json
import tarfile
from pathlib import Path

from labgen.bundle.engine import archive


def make(place: Path) -> Path:
    place.mkdir()
    program = place / "hello"
    program.write_bytes(b"\x7fELF hello")
    (place / "etc").mkdir()
    (place / "etc/motd").write_text("hi")
    root = place / "root.tar"
    with tarfile.open(root, "w") as tar:
        for name, kind in (("./dev/null", tarfile.CHRTYPE), ("./etc/motd", tarfile.REGTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type = kind
            tar.addfile(entry)
    base = archive.root_layer(root, place / "root.gz")
    top = archive.program_layer(program, "/usr/local/bin/hello", place / "hello.gz")
    images = [
        archive.Image("example.invalid/alone:1", (top,), "/usr/local/bin/hello"),
        archive.Image("example.invalid/based:1", (base, top), "/usr/local/bin/hello"),
    ]
    archive.write(images, "arm64", place / "images.tar")
    return place / "images.tar"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    assert make(tmp_path / "one").read_bytes() == make(tmp_path / "two").read_bytes()


def test_a_shared_layer_is_stored_once_and_config_names_its_content(tmp_path: Path) -> None:
    with tarfile.open(make(tmp_path / "one")) as tar:
        names = tar.getnames()
        assert len([name for name in names if name.endswith(".gz")]) == 2
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
        alone, based = manifest
        assert alone["RepoTags"] == ["example.invalid/alone:1"]
        assert based["Layers"][1:] == alone["Layers"]
        config = json.loads(tar.extractfile(alone["Config"]).read())  # type: ignore[union-attr]
        layer = gzip.decompress(tar.extractfile(alone["Layers"][0]).read())  # type: ignore[union-attr]
    assert config["architecture"] == "arm64"
    assert config["config"]["Entrypoint"] == ["/usr/local/bin/hello"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]


def test_device_nodes_of_the_base_stay_out(tmp_path: Path) -> None:
    make(tmp_path / "one")
    with tarfile.open(tmp_path / "one/root.gz") as layer:
        assert layer.getnames() == ["./etc/motd"]
