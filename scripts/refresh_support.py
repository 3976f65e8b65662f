"""Write mailer/composer/checking/clients.py anew: what the main mail clients support, distilled
from caniemail's data as the npm package has them.

    python scripts/refresh_support.py [VERSION]

Facts only: no sentence of theirs is kept. The last test of a client decides; where one has never
been tested, nothing is claimed for it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

VERSION = "2.0.2"
TARGET = Path(__file__).parents[1] / "mailer/composer/checking/clients.py"

# family and platform, as caniemail calls them → as we do
PLATFORMS = {
    ("gmail", "desktop-webmail"): "Gmail",
    ("gmail", "ios"): "Gmail on iOS",
    ("gmail", "android"): "Gmail on Android",
    ("outlook", "windows"): "Outlook for Windows",
    ("outlook", "outlook-com"): "Outlook.com",
    ("outlook", "macos"): "Outlook for Mac",
    ("outlook", "ios"): "Outlook on iOS",
    ("outlook", "android"): "Outlook on Android",
    ("apple-mail", "macos"): "Apple Mail on macOS",
    ("apple-mail", "ios"): "Apple Mail on iOS",
    ("yahoo", "desktop-webmail"): "Yahoo",
    ("yahoo", "ios"): "Yahoo on iOS",
    ("yahoo", "android"): "Yahoo on Android",
    ("samsung-email", "android"): "Samsung Email",
}

# where a feature's title does not say what it stands for
NAMES = {
    "css-block-inline-size": "block-size",
    "css-border-inline-block": "border-inline border-block",
    "css-border-inline-block-longhand": "border-block-color border-block-style border-block-width "
    "border-inline-color border-inline-style border-inline-width",
    "css-border-inline-block-individual": "border-block-start border-block-end "
    "border-inline-start border-inline-end",
    "css-border-radius-logical": "border-start-start-radius border-start-end-radius "
    "border-end-start-radius border-end-end-radius",
    "css-column-layout-properties": "columns column-fill column-rule column-span column-width",
    "css-grid-template": "grid-template",
    "css-important": "!important",
    "css-intrinsic-size": "fit-content() min-content() max-content()",
    "css-modern-color": "lch() oklch() lab() oklab()",
    "css-sytem-ui": "system-ui() ui-serif() ui-sans-serif() ui-rounded() ui-monospace()",
    "css-unit-calc": "calc()",
    "css-unit-initial": "initial()",
    "css-variables": "var()",
    "html-anchor-links": "href=#",
    "html-comments": "<!---->",
    "html-h1-h6": "<h1> <h2> <h3> <h4> <h5> <h6>",
    "html-image-maps": "<map>",
    "html-lists": "<ul> <ol> <li> <dl> <dt> <dd>",
    "html-mailto-links": "href=mailto",
    "html-semantics": "<article> <aside> <details> <figcaption> <figure> <footer> <header> <main> "
    "<mark> <nav> <section> <summary> <time>",
    "html-srcset": "[srcset] [sizes]",
    "html-table": "<table> <tbody> <thead> <tfoot> <tr> <td> <th>",
    "image-apng": ".apng",
    "image-base64": "src=data",
    "image-heif": ".heif .heic",
    "image-jpg": ".jpg .jpeg",
    "image-mp4": ".mp4",
    "image-tiff": ".tif .tiff",
}
# of the head, of the style layer, or of no use to a judgement on a body
LEFT_OUT = re.compile(
    r"css-(at|pseudo|selector|comments|nesting|inert)|"
    r"html-(base|body|button|doctype|input|link|meta-|style)|image-hdr"
)

HEAD = '''"""What the main mail clients support: written by scripts/refresh_support.py, not by hand.

Facts from caniemail.com, by way of the npm package caniemail {version} (data of {date}; MIT
licence, see LICENSES/caniemail.txt). A feature is written as it stands in a message: `<element>`,
`[attribute]`, `property`, `property:value`, `function()`, `1unit`, `.suffix` of a picture.
"""

from __future__ import annotations

PLATFORMS = (
{platforms}
)

# One letter for each platform: y yes · p partly · n no, or not known.
SUPPORT = {{
{rows}
}}

# What is one and the same feature by another name.
SAME = {{
{same}
}}
'''


def main() -> None:
    parser = argparse.ArgumentParser(description="write the table of client support anew")
    parser.add_argument("version", nargs="?", default=VERSION, help="of the npm package caniemail")
    version = parser.parse_args().version
    document = fetched(version)
    rows = {names[0]: (letters, names[1:]) for names, letters in rows_of(document["data"])}
    text = HEAD.format(
        version=version,
        date=document["last_update_date"][:10],
        platforms="\n".join(f'    "{name}",' for name in PLATFORMS.values()),
        rows=table((name, letters) for name, (letters, _) in rows.items()),
        same=table((other, name) for name, (_, others) in rows.items() for other in others),
    )
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET}: {len(rows)} features, {len(PLATFORMS)} platforms")


def fetched(version: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"caniemail@{version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - npm
        with tarfile.open(Path(folder) / f"caniemail-{version}.tgz") as package:
            package.extract("package/data/caniemail.json", folder, filter="data")
        return json.loads((Path(folder) / "package/data/caniemail.json").read_text("utf-8"))


def table(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f'    "{key}": "{value}",' for key, value in sorted(pairs))


def rows_of(features: Any) -> Iterator[tuple[list[str], str]]:
    """The names of each feature, and its letters."""
    for feature in features:
        if feature["category"] != "others" and not LEFT_OUT.match(feature["slug"]):
            letters = (letter(feature["stats"], *platform) for platform in PLATFORMS)
            yield names_of(feature), "".join(letters)


def letter(stats: Any, family: str, platform: str) -> str:
    """`y`, `p` or `n`, by the last version that was tested."""
    tested = list(stats.get(family, {}).get(platform, {}).values())
    return {"y": "y", "a": "p"}.get(tested[-1][0], "n") if tested else "n"


def names_of(feature: Any) -> list[str]:
    slug, title = feature["slug"], feature["title"]
    if slug in NAMES:
        return NAMES[slug].split()
    if slug.startswith("image-"):
        return [f".{slug.removeprefix('image-')}"]
    if slug.startswith("html-"):
        name = re.sub(r" (element|attribute)$", "", title)
        element = re.search(r"<\w+>", name)
        return [element[0] if element else f"[{name}]" if "attr" in title else f"<{name}>"]
    if title.endswith(" unit"):
        return [f"1{title.removesuffix(' unit')}"]
    plain = re.sub(r" (shorthand|property|CSS property|properties)$", "", title.strip())
    return re.split(r" & |, ", plain.replace(": ", ":"))


if __name__ == "__main__":
    main()
