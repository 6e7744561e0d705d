"""Bring CONTRIBUTING.md and CHANGELOG.md, which lie beside docs/, into the documentation site.

Links in both directions are written for the repository's layout, so that they work there too.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = ("CONTRIBUTING.md", "CHANGELOG.md")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the repository's root to those of docs/."""
    for name in PAGES:
        text = (ROOT / name).read_text()
        files.append(File.generated(config, name, content=text.replace("](docs/", "](")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Make links that leave docs/ for these pages point to where the site has them."""
    del config, files
    above = "../" * page.file.src_uri.count("/")
    names = "|".join(re.escape(name) for name in PAGES)
    return re.sub(rf"\]\({re.escape(above)}\.\./({names})", rf"]({above}\1", markdown)
