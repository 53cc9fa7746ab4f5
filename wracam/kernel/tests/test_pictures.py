"""Pictures: known by content, measured, and freed of what else the file says; never a crash."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.kernel import pictures
from wracam.kernel.pictures import PictureError, cleaned

FOLDER = Path(__file__).parent / "pictures"
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


@pytest.mark.parametrize("name", FILES)
def test_a_picture_is_known_and_measured_and_tells_nothing_else(name):
    picture = cleaned(FILES[name])

    assert picture.media_type == TYPES[Path(name).suffix]
    assert (picture.width, picture.height) == (12, 8)
    for told in (b"SECRET", b"Exif\0\0II", b"eXIf", b"EXIF", b"XMP", b"tEXt", b"iTXt"):
        assert told not in picture.content
    assert cleaned(picture.content) == picture


def test_the_pictures_do_hold_what_is_to_be_removed():
    assert all(b"SECRET" in content for name, content in FILES.items() if name != "plain.webp")


def test_a_photograph_stays_upright_and_its_picture_data_is_not_touched():
    content = cleaned(FILES["photo.jpg"]).content

    exif = content[content.index(b"Exif\0\0") :]
    assert exif[6:14] == b"MM\0*\0\0\0\x08"
    assert struct.unpack(">HHHIH", exif[14:26]) == (1, 0x0112, 3, 1, 6)
    scan = FILES["photo.jpg"].index(b"\xff\xda")
    assert content.endswith(FILES["photo.jpg"][scan : FILES["photo.jpg"].rindex(b"\xff\xd9") + 2])


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a" + bytes(50), b"<svg onload=x>", b"%PDF-1.7", b"BM" + bytes(60), pictures.PNG_START, b"\xff\xd8\xff\xd9",
     b"RIFF\x04\0\0\0WEBP", FILES["photo.jpg"][:200], FILES["drawing.png"][:60], FILES["photo.webp"][:70]],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(content):
    with pytest.raises(PictureError):
        cleaned(content)


@pytest.mark.parametrize(("width", "height"), [(12_001, 1), (1, 12_001), (10_000, 10_000), (0, 8), (2**31, 2**31)])
def test_a_small_file_that_unpacks_to_gigapixels_is_refused(width, height):
    png = FILES["drawing.png"]
    flood = png[:16] + struct.pack(">II", width, height) + png[24:]

    with pytest.raises(PictureError, match="pixel"):
        cleaned(flood)


@given(st.sampled_from(sorted(FILES)), st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_no_damage_is_a_crash(name, at, rubbish):
    content = FILES[name]
    damaged = content[:at] + rubbish + content[at + len(rubbish) :]
    try:
        picture = cleaned(damaged)
    except PictureError:
        return

    assert len(picture.content) <= len(damaged) + 64
    assert cleaned(picture.content).content == picture.content
