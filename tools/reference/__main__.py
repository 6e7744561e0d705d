"""Write every generated page; says which ones changed."""

import sys

from tools.reference.pages import DOCS, PAGES


def main() -> None:
    for name, text in PAGES.items():
        path = DOCS / name
        new = text()
        if path.exists() and path.read_text() == new:
            continue
        path.write_text(new)
        sys.stdout.write(f"{path.relative_to(DOCS.parents[1])}\n")


if __name__ == "__main__":
    main()
