"""Bars, as SVG that stands in the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_BAR, _GAP, _LEFT, _WIDTH, _TOP = 22, 10, 190, 420, 40
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.b{fill:#8aa0b8}.o{fill:#b3541e}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}}"
)


def bars(title: str, values: Mapping[str, float], unit: str) -> str:
    """One bar each, the first one being ours."""
    most = max(values.values())
    height = _TOP + len(values) * (_BAR + _GAP)
    rows = [
        _row(name, value / most * _WIDTH, f"{value:,.0f} {unit}", number)
        for number, (name, value) in enumerate(values.items())
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img" '
            f'aria-label="{escape(title)}">',
            f"<style>{_STYLE}</style>",
            f'<text x="0" y="20">{escape(title)}</text>',
            *rows,
            "</svg>\n",
        ]
    )


def _row(name: str, width: float, label: str, number: int) -> str:
    top = _TOP + number * (_BAR + _GAP)
    middle = top + _BAR * 0.7
    return (
        f'<text x="{_LEFT - 10}" y="{middle:.0f}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="{"b" if number else "o"}" x="{_LEFT}" y="{top}" '
        f'width="{max(width, 1):.0f}" height="{_BAR}" rx="2"/>'
        f'<text x="{_LEFT + width + 8:.0f}" y="{middle:.0f}">{escape(label)}</text>'
    )
