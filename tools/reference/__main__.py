"""Write every generated file, and print the names of those that changed."""

import sys

from tools.reference.pages import PAGES, ROOT


def main() -> None:
    """Write what is stale."""
    for name, text in PAGES.items():
        path = ROOT / name
        new = text()
        if path.exists() and path.read_text() == new:
            continue
        path.write_text(new)
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
