"""Builds the icon sprite from an unpacked `lucide-static` package: `python tools/icons.py <package folder>`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "wracam/faces/console/static/console/vendor/lucide/icons.svg"
NAMES = (
    "house users gift ticket-percent waypoints mail sparkles message-circle life-buoy chart-column settings "
    "search plus check x chevron-down chevron-right chevron-left chevron-up arrow-right arrow-left arrow-up "
    "arrow-down arrow-up-down ellipsis copy download upload trash-2 pencil eye eye-off info triangle-alert "
    "circle-alert circle-check circle-x clock calendar-days history key-round lock log-out user user-plus "
    "user-round shield-check store shopping-cart shopping-bag package truck credit-card receipt coins star heart "
    "award crown medal leaf sprout refresh-cw undo-2 link external-link webhook plug file-up file-text database "
    "globe languages palette sun moon monitor smartphone menu panel-left filter sliders-horizontal list tag tags "
    "percent bell bookmark flag git-merge git-branch play pause rotate-ccw send inbox megaphone target "
    "trending-up trending-down minus badge-check ban qr-code scan-line command fingerprint circle-help circle-dot "
    "zap wallet hand-coins party-popper map-pin phone at-sign building-2 activity circle grip-vertical "
)


def main() -> None:
    """Write the sprite; a name the package does not have is an error."""
    icons = Path(sys.argv[1]) / "icons"
    symbols = [_symbol(name, (icons / f"{name}.svg").read_text("utf-8")) for name in sorted(set(NAMES.split()))]
    TARGET.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n', "utf-8")
    print(f"{len(symbols)} icons, {TARGET.stat().st_size} bytes")


def _symbol(name: str, svg: str) -> str:
    inner = re.sub(r"\s+", " ", svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]).strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
    )


if __name__ == "__main__":
    main()
