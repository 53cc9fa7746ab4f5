"""Pictures that people send in: told by their content, measured, and freed of what else the file says.

Nothing is decoded. A photograph can hold where it was taken, with what, by whom, and a smaller copy from before it was
cut. Of a PNG, JPEG or WebP only the parts that are needed to show it are kept (ASVS 14.2.8); of a JPEG's Exif data that
is which side is up. Sizes are read from the headers, so that a small file that unpacks to gigapixels is refused (ASVS
5.2.6). SVG is refused: it can hold scripts.

Sources: PNG, third edition (W3C 2025), chapter 5; ITU-T T.81 annex B; Exif 3.0, 4.6; RFC 9649 (WebP).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PIXELS_MAX = 50_000_000
SIDE_MAX = 12_000
PARTS_MAX = 10_000
PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8"
PNG_KEPT = frozenset(b"tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split())
"""Chunks beside the critical ones (which begin with a capital) that change how the picture looks."""
WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_FLAGS_DROPPED = 0x08 | 0x04
"""In the header `VP8X`: "has Exif", "has XMP"."""
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE, _COMMENT = 0xDA, 0xD9, 0xFE
_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
"""In the data of a scan, 255 is followed by 0 or by one of eight restart marks; anything else ends the scan."""
_ORIENTATION = 0x0112


class PictureError(ValueError):
    """This is no picture that we can show: send a PNG, JPEG or WebP of a usual size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it may be shown; sides in pixels."""

    media_type: str
    width: int
    height: int
    content: bytes


def cleaned(content: bytes) -> Picture:
    """Return the picture in *content* without what else the file says; raises `PictureError`."""
    try:
        picture = _read(content)
    except (struct.error, IndexError) as error:
        raise PictureError(PictureError.__doc__) from error
    if not 0 < picture.width <= SIDE_MAX or not 0 < picture.height <= SIDE_MAX:
        raise PictureError(f"the picture has sides of up to {SIDE_MAX:,} pixels; make it smaller")
    if picture.width * picture.height > PIXELS_MAX:
        raise PictureError(f"the picture has more than {PIXELS_MAX // 10**6} megapixels; make it smaller")
    return picture


def _read(content: bytes) -> Picture:
    if content.startswith(PNG_START):
        return _png(content)
    if content.startswith(JPEG_START):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    raise PictureError(PictureError.__doc__)


def _png(content: bytes) -> Picture:
    kept, names, width, height = [PNG_START], [], 0, 0
    for name, data in _png_chunks(content):
        names.append(name)
        if name == b"IHDR":
            width, height = struct.unpack(">II", data[:8])
        if name[:1].isupper() or name in PNG_KEPT:
            checksum = zlib.crc32(name + data)
            kept.append(struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum))
    if names[:1] != [b"IHDR"] or b"IDAT" not in names or names[-1] != b"IEND":
        raise PictureError(PictureError.__doc__)
    return Picture(media_type="image/png", width=width, height=height, content=b"".join(kept))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, data) up to the end of the picture; what follows it is nobody's business."""
    at = len(PNG_START)
    for _ in range(PARTS_MAX):
        (length,) = struct.unpack(">I", content[at : at + 4])
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if len(data) < length or not name.isalpha():
            raise PictureError(PictureError.__doc__)
        yield name, data
        if name == b"IEND":
            return
        at += length + 12
    raise PictureError(PictureError.__doc__)


def _jpeg(content: bytes) -> Picture:
    kept, width, height, has_ended = [JPEG_START], 0, 0, False
    for marker, data, scan in _jpeg_segments(content):
        if marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", data[1:5])
        if marker == 0xE1 and data.startswith(b"Exif\0\0"):
            data = _upright_only(data)
        elif not _is_shown(marker, data):
            continue
        has_ended = marker == _END_OF_IMAGE
        length = b"" if has_ended else struct.pack(">H", len(data) + 2)
        if data or has_ended:
            kept.append(bytes((0xFF, marker)) + length + data + scan)
    if not has_ended:
        raise PictureError(PictureError.__doc__)
    return Picture(media_type="image/jpeg", width=width, height=height, content=b"".join(kept))


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (marker, data, what follows until the next marker) up to the end of the first picture."""
    at = len(JPEG_START)
    for _ in range(PARTS_MAX):
        found = _NEXT_MARKER.match(content, at)
        if found is None:
            raise PictureError(PictureError.__doc__)
        marker, at = found[1][0], found.end()
        if marker == _END_OF_IMAGE:
            yield marker, b"", b""
            return
        (length,) = struct.unpack(">H", content[at : at + 2])
        data = content[at + 2 : at + length]
        if length < 2 or len(data) < length - 2:
            raise PictureError(PictureError.__doc__)
        at += length
        following = _NEXT_MARKER.search(content, at) if marker == _START_OF_SCAN else None
        scan = content[at : following.start()] if following else b""
        at += len(scan)
        yield marker, data, scan
    raise PictureError(PictureError.__doc__)


def _is_shown(marker: int, data: bytes) -> bool:
    """Say whether a segment changes how the picture looks: of the notes of programs, three do."""
    if 0xE0 <= marker <= 0xEF:
        return data.startswith((b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"))
    return marker != _COMMENT


def _upright_only(data: bytes) -> bytes:
    """Return Exif data that says which side is up and nothing else; empty when that is as usual or cannot be read."""
    tiff = data[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    try:
        (start,) = struct.unpack(f"{order}I", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
        entries = [tiff[start + 2 + 12 * number :][:12] for number in range(min(count, PARTS_MAX))]
        found = [struct.unpack(f"{order}H", one[8:10])[0] for one in entries if _tag(order, one) == _ORIENTATION]
    except struct.error:
        return b""
    if not found or not 2 <= found[0] <= 8:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, found[0], 0)
    return b"Exif\0\0" + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)


def _tag(order: str, entry: bytes) -> int:
    return int(struct.unpack(f"{order}H", entry[:2])[0])


def _webp(content: bytes) -> Picture:
    kept, sizes = [], []
    for name, data in _webp_chunks(content):
        if name not in WEBP_KEPT:
            continue
        if name == b"VP8X":
            data = bytes((data[0] & ~WEBP_FLAGS_DROPPED,)) + data[1:]
        if name in (b"VP8X", b"VP8 ", b"VP8L"):
            sizes.append(_webp_size(name, data))
        kept.append(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2))
    if not sizes:
        raise PictureError(PictureError.__doc__)
    body = b"WEBP" + b"".join(kept)
    width, height = max(width for width, _ in sizes), max(height for _, height in sizes)
    riff = b"RIFF" + struct.pack("<I", len(body)) + body
    return Picture(media_type="image/webp", width=width, height=height, content=riff)


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (size,) = struct.unpack("<I", content[4:8])
    at, end = 12, min(len(content), size + 8)
    for _ in range(PARTS_MAX):
        if at + 8 > end:
            return
        (length,) = struct.unpack("<I", content[at + 4 : at + 8])
        data = content[at + 8 : at + 8 + length]
        if len(data) < length:
            raise PictureError(PictureError.__doc__)
        yield content[at : at + 4], data
        at += 8 + length + length % 2
    raise PictureError(PictureError.__doc__)


def _webp_size(name: bytes, data: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if name == b"VP8L":
        (bits,) = struct.unpack("<I", data[1:5])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[6:10])
    return width & 0x3FFF, height & 0x3FFF
