"""Draw the pictures of the example issues into templates/example/images.

Every picture is computed here, so the example carries nobody else's images. The same Pillow gives
the same bytes on every run: what looks random comes from a hash.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from pictures import january, october
from pictures.canvas import Canvas

PICTURES: dict[str, tuple[int, Callable[[Canvas], None]]] = {
    "2020-10/state-of-ai.png": (550, october.share_of_code),
    "2020-10/m2m-100.png": (630, october.languages),
    "2020-10/face-mesh.png": (610, october.heads),
    "2020-10/sky.png": (620, october.skies),
    "2020-10/underwater.png": (620, october.reefs),
    "2020-10/cough.png": (620, october.cough),
    "2021-01/dalle.png": (650, january.avocados),
    "2021-01/clip.png": (696, january.captions),
    "2021-01/deberta.png": (600, january.scores),
    "2021-01/magic-eye.png": (640, january.magic_eye),
    "2021-01/taming.png": (600, january.patches),
    "2021-01/pose.png": (600, january.poses),
}


def main() -> None:
    images = Path(__file__).resolve().parents[1] / "templates" / "example" / "images"
    parser = argparse.ArgumentParser(description="Draw the pictures of the example issues.")
    parser.add_argument("--out", type=Path, default=images, help="folder to draw into")
    out: Path = parser.parse_args().out
    for name, (height, draw) in PICTURES.items():
        canvas = Canvas(height)
        draw(canvas)
        canvas.save(out / name)


if __name__ == "__main__":
    main()
