"""Print what failed in the JUnit reports of a directory, and `N passed, N failed[, N skipped]`.

Exit with code 1 when the report of any part of tools/test.sh is missing or anything failed.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from xml.etree import ElementTree as ET

# bats names its report "report"; all others are of pytest
QUICK = ("unit", "report", "e2e-bare", "e2e-ha", "acceptance-quick")
PARTS = ("emulated", "others", "faults", "existing", "scenarios", "experiments")
REPORTS = (*QUICK, *(f"e2e-{part}" for part in PARTS), "acceptance-rest")
SHOWN = 1500  # characters of why a test failed


def outcomes(cases: Sequence[ET.Element]) -> Counter[str]:
    """Return how many test cases of one report passed, failed and were skipped."""
    counted: Counter[str] = Counter()
    for case in cases:
        found = {child.tag for child in case}
        if found & {"failure", "error"}:
            counted["failed"] += 1
        else:
            counted["skipped" if "skipped" in found else "passed"] += 1
    return counted


def reasons(cases: Sequence[ET.Element]) -> list[str]:
    """Return the name of each test case that failed, with the beginning of why."""
    found = []
    for case in cases:
        for bad in (*case.findall("failure"), *case.findall("error")):
            name = f"{case.get('classname', '')} {case.get('name', '')}".strip()
            # pytest marks what an assertion compared; its message may be cut
            marked = [line[1:].strip() for line in (bad.text or "").splitlines() if line[:1] == "E"]
            why = ("\n".join(marked) or bad.get("message") or bad.text or "").strip()[:SHOWN]
            found.append(f"failed: {name}\n{indent(why, '  ')}\n")
    return found


def main(directory: Path) -> int:
    total: Counter[str] = Counter()
    missing = []
    for name in REPORTS:
        report = directory / f"{name}.xml"
        try:
            cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - our own tests wrote it
        except (OSError, ET.ParseError) as error:
            missing.append(f"no report of these tests: {report} ({error})")
            continue
        total += outcomes(cases)
        sys.stdout.writelines(reasons(cases))
    sys.stderr.writelines(f"{line}\n" for line in missing)
    line = f"{total['passed']} passed, {total['failed']} failed"
    line += f", {total['skipped']} skipped" if total["skipped"] else ""
    sys.stdout.write(f"{line}\n")
    return 1 if missing or total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
