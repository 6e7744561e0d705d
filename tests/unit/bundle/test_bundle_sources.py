"""The inputs of a bundle."""

from labgen.bundle.parts import sources


def test_the_shell_of_faults_is_no_part_of_a_machine_image() -> None:
    names = {path.name for path in sources.of_the_image()}
    assert {"run.sh", "lib", "phases", "files"} <= names
    assert "faults" not in names
