"""Pictures that are damaged, too large, or made to do damage: refused in a sentence, at little cost."""

from __future__ import annotations

import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autoenc.errors import AutoencError, PictureError
from autoenc.pictures import MAX_BYTES, MAX_PIXELS, avif, open_picture
from autoenc.pictures.containers import Refused
from tests.odd_pictures import claiming, of, png, saved


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BMW, Opel and Volvo",
        b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
        saved(Image.new("L", (4, 4)), "ICO"),
        saved(Image.new("L", (4, 4)), "PPM"),
        b"%PDF-1.7",
        b"RIFF\x04\x00\x00\x00WEBP",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
    ],
)
def test_other_files_are_refused_whatever_they_are_called(content: bytes) -> None:
    with pytest.raises(
        PictureError, match=r"'cat\.png' is (empty|not a kind of image).*PNG, JPEG, WebP, GIF, AVIF"
    ):
        open_picture(content, "cat.png")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"<!DOCTYPE html><title>Wi-Fi</title>",
            "is a web page, perhaps one that asks for a login",
        ),
        (b"\n<html><img src=x onerror=alert(1)></html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "is a Git LFS pointer"),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            "is a HEIC picture, which this program does not read; save HEIC",
        ),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "is a HEIC picture"),
    ],
)
def test_what_people_get_instead_is_told_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=f"'cat.jpg' {sentence}"):
        open_picture(content, "cat.jpg")


def test_an_error_is_told_as_all_others_are() -> None:
    assert issubclass(PictureError, AutoencError)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP", "TIFF"])
def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(kind: str) -> None:
    rng = np.random.default_rng(0)
    content = saved(Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8)), kind)
    for part in (0.02, 0.1, 0.3, 0.5, 0.8, 0.95):
        with pytest.raises(
            PictureError, match=r"'it' (is (damaged or cut off|not a kind of image)|cannot be read: )"
        ):
            open_picture(content[: int(part * len(content))], "it")


def test_a_picture_of_a_palette_that_is_missing_is_refused() -> None:
    with pytest.raises(PictureError, match="damaged"):
        open_picture(png(1, 1, 8, 3, b"\0\0"))


def test_damaged_bytes_are_a_picture_or_are_refused() -> None:
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 255, (12, 12, 3), np.uint8))
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "MPO", "AVIF", "BMP", "TIFF"):
        content = np.frombuffer(saved(image, kind), np.uint8)
        for _ in range(150):
            damaged = content.copy()
            damaged[rng.integers(8, min(len(damaged), 200), 4)] = rng.integers(0, 255, 4)
            with suppress(PictureError):
                open_picture(damaged.tobytes())


def tiff_entry(tag: int, value: int) -> bytes:
    """A short number in a TIFF's directory."""
    return struct.pack("<HHIHH", tag, 3, 1, value, 0)


def tiff(*entries: bytes, more: bytes = b"") -> bytes:
    """A TIFF of one row of two pixels, 7 and 9, with more in its directory."""
    usual = {256: 2, 257: 1, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 2}
    table = {entry[:2]: entry for entry in (*(tiff_entry(*one) for one in usual.items()), *entries)}
    rows = b"".join(sorted(table.values(), key=lambda entry: int.from_bytes(entry[:2], "little")))
    directory = struct.pack("<H", len(table)) + rows + bytes(4)
    return b"II*\0" + struct.pack("<I", 10 + len(more)) + b"\7\x09" + more + directory


SMALL = Image.new("L", (5, 3))
JPEG = saved(SMALL, "JPEG")


@pytest.mark.parametrize(
    "content",
    [
        png(20_000, 20_000, 8, 0, b""),
        claiming(saved(SMALL, "GIF"), 6, struct.pack("<HH", 20_000, 20_000)),
        b"RIFF" + bytes(4) + b"WEBPVP8X" + struct.pack("<II", 10, 0) + 2 * (19_999).to_bytes(3, "little"),
        claiming(JPEG, JPEG.index(b"\xff\xc0") + 5, struct.pack(">HH", 20_000, 20_000)),
        claiming(saved(SMALL, "BMP"), 18, struct.pack("<ii", 20_000, 20_000)),
        tiff(tiff_entry(256, 20_000), tiff_entry(257, 20_000)),
    ],
    ids=["PNG", "GIF", "WebP", "JPEG", "BMP", "TIFF"],
)
def test_too_many_pixels_are_refused_before_anything_is_decoded(content: bytes) -> None:
    with pytest.raises(PictureError, match="'huge' has 20,000 x 20,000 pixels; allowed: 50 million"):
        open_picture(content, "huge")


@pytest.mark.parametrize("lossless", [False, True])
def test_the_size_of_every_webp_is_read_from_its_head(lossless: bool) -> None:
    """16,383 pixels are the longest side that a WebP can have: here it is written into a small one's head."""
    content = saved(Image.new("RGB", (5, 3)), "WEBP", lossless=lossless)
    size = struct.pack("<I", 16_382 | 16_382 << 14) if lossless else struct.pack("<HH", 16_383, 16_383)
    with pytest.raises(PictureError, match="16,383 x 16,383 pixels"):
        open_picture(claiming(content, 21 if lossless else 26, size))


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(PictureError):
        open_picture(png(0, 0, 8, 0, b""))
    with pytest.raises(PictureError, match="0 x 5 pixels"):
        open_picture(claiming(b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(4), 20, bytes(6) + b"\0\0\5\0"))


def test_entries_of_a_tiff_that_all_claim_the_whole_file_take_no_memory() -> None:
    """150 remarks, each the same four million bytes: six hundred million where somebody reads them."""
    more = bytes(4_000_000)
    remarks = [struct.pack("<HHII", 40_000 + n, 1, len(more), 10) for n in range(150)]
    tracemalloc.start()
    try:
        assert open_picture(tiff(*remarks, more=more)).tolist() == of(7, 9).tolist()
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([struct.pack("<HHII", 273, 4, 2_000_000_000, 8)], "claims more data than the file has"),
        ([struct.pack("<HHII", 256, 4, 7, 8)], "an invalid entry"),
        (
            [tiff_entry(259, 34925)],
            "packed in an unusual way",
        ),  # LZMA, which takes what memory the file asks for
        ([tiff_entry(322, 60_000), tiff_entry(323, 60_000)], "tiles are larger than the picture"),
        ([tiff_entry(30_000 + n, 1) for n in range(300)], "far too long"),
    ],
)
def test_a_tiff_that_is_a_trap_is_refused(entries: list[bytes], why: str) -> None:
    assert open_picture(tiff()).tolist() == of(7, 9).tolist()
    with pytest.raises(PictureError, match=f"'it' cannot be read: its .*{why}"):
        open_picture(tiff(*entries), "it")


def test_numbers_without_a_range_are_no_picture() -> None:
    with pytest.raises(PictureError, match="its pixels are fractions"):
        open_picture(saved(Image.new("F", (2, 2), 0.5), "TIFF"))


def test_a_bmp_that_may_unpack_to_any_size_is_refused() -> None:
    with pytest.raises(PictureError, match="packed in an unusual way"):
        open_picture(claiming(saved(SMALL, "BMP"), 30, struct.pack("<I", 1)))


def test_an_avif_that_says_to_be_too_large_is_refused() -> None:
    content = saved(SMALL, "AVIF")
    with pytest.raises(PictureError, match="12,000 x 12,000 pixels; allowed: 50 million"):
        open_picture(claiming(content, content.index(b"ispe") + 8, struct.pack(">II", 12_000, 12_000)))


def test_an_avif_that_is_larger_inside_than_it_says_is_refused_before_it_is_decoded() -> None:
    """In place of its one frame a head by the book: still, short, 16 bits a side, 16,384 x 16,384."""
    content = saved(SMALL, "AVIF")
    at = content.index(b"mdat") + 4 + 2 + 10  # behind the mark of its beginning and its own head
    assert content[at] == 0x32  # a frame with its size
    bits = "000110000011111111" + 2 * f"{16_383:016b}" + "000000"
    head = bytes([0x0A, content[at + 1]]) + int(bits, 2).to_bytes(7, "big")
    with pytest.raises(PictureError, match="the images inside are larger than allowed"):
        open_picture(claiming(content, at, head))


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (255, 256), (1000, 3)])
def test_the_size_of_every_avif_is_found_in_its_picture(mode: str, size: tuple[int, int]) -> None:
    content = saved(Image.new(mode, size), "AVIF")
    start, end = next(avif._boxes(content, 0, len(content), b"meta"))
    assert {avif._area(content, spans) for spans in avif._items(content, start + 4, end)} == {
        size[0] * size[1]
    }


def test_an_avif_whose_pieces_lie_upon_each_other_is_refused_before_they_are_joined() -> None:
    """Of its one item three pieces, each of all of the file: joined they would be three times as large."""
    one_item = bytes.fromhex("01000000 44 00 0001 0001 0000 0000".replace(" ", ""))
    pieces = struct.pack(">H", 3) + 3 * struct.pack(">II", 0, 0)
    place = struct.pack(">I", len(one_item) + len(pieces) + 8) + b"iloc" + one_item + pieces
    info = struct.pack(">I", 21) + b"infe" + struct.pack(">IHH", 2 << 24, 1, 0) + b"av01\0"
    infos = struct.pack(">I", len(info) + 14) + b"iinf" + struct.pack(">IH", 0, 1) + info
    boxes = place + infos + bytes(1000)
    with pytest.raises(Refused, match="overlap"):
        list(avif._items(boxes, 0, len(place + infos)))


def test_an_avif_of_endless_units_is_refused() -> None:
    units = 20_000 * b"\x12\0"  # each says that a moment begins
    with pytest.raises(Refused, match="too many frames"):
        avif._area(units, [(0, len(units))])


def test_of_an_avif_that_moves_nothing_is_read_that_was_not_looked_at() -> None:
    frames = [Image.new("L", (16, 16), grey) for grey in (10, 200)]
    content = saved(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    assert content[8:12] == b"avis"
    assert np.abs(open_picture(content).astype(int) - 10).max() <= 3


def test_a_jpeg_of_endless_segments_is_refused() -> None:
    content = saved(Image.new("L", (8, 8)), "JPEG")
    with pytest.raises(PictureError, match="more than 10,000 segments"):
        open_picture(content[:2] + 20_000 * b"\xff\xe2\x00\x02" + content[2:])


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    content = saved(Image.new("L", (8, 8)), "JPEG", progressive=True)
    with pytest.raises(PictureError, match="more than 200 scans"):
        open_picture(content[:-2] + 300 * b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + content[-2:])


def test_a_file_of_too_many_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(PictureError, match=r"'large\.png' has 60 MB; allowed: 50 MB"):
        open_picture(path)
    with pytest.raises(PictureError, match="allowed: 50 MB"):
        open_picture(bytes(MAX_BYTES + 1))


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"'gone\.png' cannot be read"):
        open_picture(tmp_path / "gone.png")
    with pytest.raises(PictureError, match="cannot be read"):
        open_picture(tmp_path)


def test_a_name_is_shown_as_one_short_line() -> None:
    with pytest.raises(PictureError) as error:
        open_picture(b"", "a\nb" + 500 * "x")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200


def test_the_limit_of_pixels_is_more_than_a_camera_has() -> None:
    assert MAX_PIXELS >= 48_000_000
