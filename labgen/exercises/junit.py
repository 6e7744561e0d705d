"""The result of a check as JUnit XML: a test case for each objective, and nothing of its checks."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from labgen.exercises.model import Exercise
from labgen.system import files


def write(path: Path, exercise: Exercise, done: Mapping[int, bool], seconds: float) -> None:
    """Write the file; seconds are those on the clock."""
    left = [number for number in range(len(exercise.objectives)) if not done.get(number)]
    suite = ET.Element(
        "testsuite",
        name=exercise.name,
        tests=str(len(exercise.objectives)),
        failures=str(len(left)),
        errors="0",
        skipped="0",
        time=f"{seconds:.1f}",
    )
    for number, objective in enumerate(exercise.objectives):
        case = ET.SubElement(suite, "testcase", classname=exercise.name, name=objective.text)
        if number in left:
            ET.SubElement(case, "failure", message="not done")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    files.write(path, ET.tostring(root, encoding="utf-8", xml_declaration=True))
