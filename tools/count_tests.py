"""Count the tests in the JUnit reports of a directory: `N passed, N failed[, N skipped]`.

Exit code 1 when the report of any kind of test is missing or anything failed.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

# pytest: unit, labs, acceptance; bats: report
REPORTS = ("unit", "report", "labs", "acceptance")


def outcomes(report: Path) -> Counter[str]:
    """How many test cases of one report passed, failed and were skipped."""
    counted: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - our own tests wrote it
        found = {child.tag for child in case}
        if found & {"failure", "error"}:
            counted["failed"] += 1
        else:
            counted["skipped" if "skipped" in found else "passed"] += 1
    return counted


def main(directory: Path) -> int:
    total: Counter[str] = Counter()
    missing = []
    for name in REPORTS:
        report = directory / f"{name}.xml"
        try:
            total += outcomes(report)
        except (OSError, ET.ParseError) as error:
            missing.append(f"no report of these tests: {report} ({error})")
    sys.stderr.writelines(f"{line}\n" for line in missing)
    line = f"{total['passed']} passed, {total['failed']} failed"
    line += f", {total['skipped']} skipped" if total["skipped"] else ""
    sys.stdout.write(f"{line}\n")
    return 1 if missing or total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
