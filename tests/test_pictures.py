"""The odd pictures that a class brings are made here, with Pillow or byte by byte."""

import struct
import tracemalloc
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from autoenc.errors import AutoencError, PictureError, ShapeError
from autoenc.pictures import (
    MAX_BYTES,
    MAX_PIXELS,
    are_on_dark_ground,
    avif,
    inverted,
    is_bright_ground,
    joined,
    open_picture,
    shrunk,
    tiled,
)
from autoenc.pictures.containers import Refused, bare_jpeg


def saved(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, bits: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """Any PNG, also such as Pillow does not write."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    packed = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + packed + chunk(b"IEND", b"")


def of(*values: int) -> np.ndarray:
    """A grey picture of one row."""
    return np.array([[values]], np.uint8)


RED_GREEN = Image.fromarray(np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8))  # one row
RED_GREEN_PIXELS = np.array([[[255, 0]], [[0, 255]], [[0, 0]]])


# ---------------------------------------------------------------- kinds of pictures


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *(("PNG", {}), ("WEBP", {"lossless": True}), ("GIF", {}), ("PNG", {"interlace": 1}), ("BMP", {})),
        *(
            ("TIFF", {"compression": packing})
            for packing in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits")
        ),
    ],
)
def test_colours_come_back_exactly_from_what_loses_nothing(kind: str, more: dict[str, object]) -> None:
    assert open_picture(saved(RED_GREEN, kind, **more)).tolist() == RED_GREEN_PIXELS.tolist()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_what_loses_something_loses_little(kind: str) -> None:
    picture = open_picture(saved(Image.new("RGB", (32, 16), (200, 100, 50)), kind, quality=95))
    assert picture.shape == (3, 16, 32)
    assert np.abs(picture.astype(int) - np.array([200, 100, 50])[:, None, None]).max() <= 5


def test_of_a_phone_s_jpeg_of_several_pictures_the_first_is_read() -> None:
    first, second = Image.new("L", (16, 8), 40), Image.new("L", (16, 8), 240)
    content = saved(first, "MPO", save_all=True, append_images=[second])
    assert np.abs(open_picture(content).astype(int) - 40).max() <= 2


def test_of_a_gif_that_moves_the_first_picture_is_read() -> None:
    frames = [Image.new("L", (3, 2), grey) for grey in (10, 200)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_picture(content).tolist() == np.full((1, 2, 3), 10).tolist()


def test_of_a_tiff_of_several_pages_the_first_is_read_whatever_the_others_are() -> None:
    pages = [Image.new("L", (3, 2), grey) for grey in (10, 200)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert open_picture(content).tolist() == np.full((1, 2, 3), 10).tolist()
    (first,) = struct.unpack_from("<I", content, 4)
    (n_entries,) = struct.unpack_from("<H", content, first)
    (second,) = struct.unpack_from("<I", content, first + 2 + 12 * n_entries)
    broken = claiming(content, second, b"\xff\xff")
    assert open_picture(broken).tolist() == np.full((1, 2, 3), 10).tolist()


def test_the_inks_of_a_tiff_are_colours() -> None:
    inks = np.zeros((1, 3, 4), np.uint8)
    inks[:, 1, 3], inks[:, 2, 0] = 255, 255
    picture = open_picture(saved(Image.fromarray(inks, "CMYK"), "TIFF"))
    assert picture[:, 0].T.tolist() == [[255, 255, 255], [0, 0, 0], [0, 255, 255]]


def test_a_tiff_of_16_bits_is_scaled_as_a_png_is() -> None:
    values = np.array([[0, 257, 32_768, 65_535]], np.uint16)
    assert open_picture(saved(Image.fromarray(values), "TIFF")).tolist() == of(0, 1, 128, 255).tolist()


def test_grey_of_16_bits_is_scaled_and_not_clipped() -> None:
    rows = b"\x00" + struct.pack(">5H", 0, 257, 32_768, 65_278, 65_535)
    assert open_picture(png(5, 1, 16, 0, rows)).tolist() == of(0, 1, 128, 254, 255).tolist()


def test_colours_of_16_bits_are_scaled() -> None:
    rows = b"\x00" + struct.pack(">3H", 65_535, 0, 32_896)
    assert open_picture(png(1, 1, 16, 2, rows)).tolist() == [[[255]], [[0]], [[128]]]


def test_one_bit_is_black_and_white() -> None:
    assert open_picture(png(4, 1, 1, 0, b"\x00\xa0")).tolist() == of(255, 0, 255, 0).tolist()


@pytest.mark.parametrize(("bits", "row"), [(2, b"\x00\x1b"), (4, b"\x00\x05\xaf")])
def test_few_bits_of_grey_reach_from_black_to_white(bits: int, row: bytes) -> None:
    assert open_picture(png(4, 1, bits, 0, row)).tolist() == of(0, 85, 170, 255).tolist()


def test_a_palette_of_colours_has_three_channels_and_one_of_greys_one() -> None:
    coloured = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0]))
    grey = chunk(b"PLTE", bytes([7, 7, 7, 200, 200, 200]))
    assert open_picture(png(2, 1, 8, 3, b"\x00\x00\x01", coloured)).tolist() == RED_GREEN_PIXELS.tolist()
    assert open_picture(png(2, 1, 8, 3, b"\x00\x00\x01", grey)).tolist() == of(7, 200).tolist()


def test_bright_strokes_on_nothing_are_shown_on_black() -> None:
    strokes = Image.fromarray(np.array([[[255, 255], [255, 102], [250, 0], [0, 0]]], np.uint8), "LA")
    assert open_picture(saved(strokes)).tolist() == of(255, 102, 0, 0).tolist()  # 102 of 255 is two fifths
    yellow = Image.fromarray(np.array([[[255, 255, 0, 255], [255, 255, 255, 0]]], np.uint8), "RGBA")
    assert open_picture(saved(yellow)).tolist() == [[[255, 0]], [[255, 0]], [[0, 0]]]
    assert open_picture(saved(Image.new("LA", (2, 1), (0, 0)))).tolist() == of(255, 255).tolist()


def test_what_is_transparent_shows_white() -> None:
    half = Image.fromarray(np.array([[[0, 255], [0, 51], [0, 0], [100, 0]]], np.uint8), "LA")
    assert open_picture(saved(half)).tolist() == of(0, 204, 255, 255).tolist()  # 51 of 255 is a fifth
    colours = Image.fromarray(np.array([[[255, 0, 0, 255], [255, 0, 0, 102]]], np.uint8), "RGBA")
    assert open_picture(saved(colours)).tolist() == [[[255, 255]], [[0, 153]], [[0, 153]]]


@pytest.mark.parametrize(
    ("bits", "rows"), [(1, b"\x00\x40"), (8, b"\x00\x00\xff"), (16, b"\x00\x00\x00\xff\xff")]
)
def test_a_transparent_shade_of_grey_is_the_ground(bits: int, rows: bytes) -> None:
    """A white and a black pixel: where one of them is transparent, the other one is seen."""
    black, white = (chunk(b"tRNS", struct.pack(">H", shade)) for shade in (0, 2**bits - 1))
    assert open_picture(png(2, 1, bits, 0, rows, black)).tolist() == of(0, 255).tolist()
    assert open_picture(png(2, 1, bits, 0, rows, white)).tolist() == of(0, 255).tolist()


def test_a_transparent_colour_of_a_palette_shows_white() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0]))
    picture = open_picture(png(2, 1, 8, 3, b"\x00\x00\x01", palette, chunk(b"tRNS", b"\x00")))
    assert picture.tolist() == [[[255, 0]], [[255, 255]], [[255, 0]]]


def test_the_inks_of_a_printer_are_colours() -> None:
    """No ink is white, all of black is black, all of cyan takes the red away."""
    inks = np.zeros((8, 24, 4), np.uint8)
    inks[:, 8:16, 3], inks[:, 16:, 0] = 255, 255
    content = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=100)
    expected = np.array([[255, 0, 0], [255, 0, 255], [255, 0, 255]])
    assert np.abs(open_picture(content)[:, 4, 4::8] - expected.astype(int)).max() <= 3


def test_inks_without_the_mark_of_adobe_are_not_inverted() -> None:
    content = saved(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG", quality=100)
    at = content.index(b"\xff\xee")
    length = int.from_bytes(content[at + 2 : at + 4], "big")
    unmarked = content[:at] + content[at + 2 + length :]
    assert open_picture(content).min() >= 252  # Adobe writes no ink as 255
    assert open_picture(unmarked).max() <= 3  # elsewhere that is all ink


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_taken_with_a_turned_camera_stands_upright(orientation: int, kind: str) -> None:
    upright = np.zeros((16, 32), np.uint8)
    upright[:8, :8] = 255  # its upper left is white
    as_it_lies = {  # how the camera stores what is upright
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(Image.fromarray(np.ascontiguousarray(as_it_lies)), kind, exif=exif, quality=100)
    assert np.abs(open_picture(content)[0].astype(int) - upright).max() <= 3


def test_a_picture_with_damaged_exif_data_is_shown_as_it_lies() -> None:
    content = saved(Image.new("L", (3, 2), 9), exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff no directory here")
    assert open_picture(content).tolist() == np.full((1, 2, 3), 9).tolist()


def test_one_pixel_is_a_picture() -> None:
    assert open_picture(saved(Image.new("L", (1, 1), 9))).tolist() == [[[9]]]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "BMP"])
def test_a_large_picture_is_reduced_to_what_is_asked_for(kind: str) -> None:
    content = saved(Image.new("RGB", (640, 320), (200, 100, 50)), kind)
    picture = open_picture(content, longest=100)
    assert picture.shape == (3, 50, 100)
    assert np.abs(picture.astype(int) - np.array([200, 100, 50])[:, None, None]).max() <= 5
    assert open_picture(saved(Image.new("RGB", (1000, 1))), longest=100).shape == (3, 1, 100)
    assert open_picture(content, longest=5000).shape == (3, 320, 640)


# ---------------------------------------------------------------- what is refused


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


def claiming(content: bytes, at: int, size: bytes) -> bytes:
    """The file with another size in its header."""
    return content[:at] + size + content[at + len(size) :]


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


# ---------------------------------------------------------------- what is dropped


NOISE = np.random.default_rng(5).integers(0, 255, (24, 24, 3), np.uint8)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_film_behind_a_jpeg_is_left_alone(progressive: bool) -> None:
    content = saved(Image.fromarray(NOISE), "JPEG", progressive=progressive)
    film = 300 * b"\xff\xda\x00\x08" + b"ftypmp42" + bytes(1_000_000)
    assert np.array_equal(open_picture(content + film), open_picture(content))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("longest", [None, 10])
def test_a_jpeg_without_its_end_mark_is_shown_and_one_without_more_is_not(
    progressive: bool, longest: int | None
) -> None:
    content = saved(Image.fromarray(NOISE), "JPEG", progressive=progressive)
    whole = open_picture(content, longest=longest)
    for n in (1, 2):
        assert np.array_equal(open_picture(content[:-n], longest=longest), whole)
    for n in (4, 10, 100):
        with pytest.raises(PictureError, match="cut off"):
            open_picture(content[:-n])


def test_remarks_of_a_jpeg_are_not_kept_but_what_tells_its_colours() -> None:
    content = saved(Image.fromarray(NOISE), "JPEG")
    remark = b"\xff\xe2\xff\xff" + bytes(65_533)
    assert np.array_equal(open_picture(content[:2] + 300 * remark + content[2:]), open_picture(content))
    assert len(bare_jpeg(content[:2] + 300 * remark + content[2:]).content) <= len(content)


def test_a_jpeg_of_endless_segments_is_refused() -> None:
    content = saved(Image.new("L", (8, 8)), "JPEG")
    with pytest.raises(PictureError, match="more than 10,000 segments"):
        open_picture(content[:2] + 20_000 * b"\xff\xe2\x00\x02" + content[2:])


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    content = saved(Image.new("L", (8, 8)), "JPEG", progressive=True)
    with pytest.raises(PictureError, match="more than 200 scans"):
        open_picture(content[:-2] + 300 * b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + content[-2:])


@pytest.mark.parametrize("name", [b"iCCP", b"zTXt", b"iTXt", b"tEXt"])
def test_profiles_and_remarks_of_a_png_are_dropped_however_long_or_damaged(name: bytes) -> None:
    text = zlib.compress(bytes(PngImagePlugin.MAX_TEXT_CHUNK + 1))
    for content in (
        b"Comment\x00\x00" + text,
        b"Comment\x00\x00damaged",
        b"XML:com.adobe.xmp" + bytes(5_000_000),
    ):
        assert open_picture(png(1, 1, 8, 0, b"\x00\x09", chunk(name, content))).tolist() == [[[9]]]


def test_exif_data_that_claim_gigabytes_take_no_memory() -> None:
    """A thousand entries, each the same eight million bytes."""
    entries = b"".join(struct.pack("<HHII", 40_000 + n, 1, 8_000_000, 0) for n in range(1000))
    head, rest = b"II*\0\x08\0\0\0", entries + bytes(8_000_000)
    exif, harmless = (head + struct.pack("<H", n) + rest for n in (1000, 0))
    contents = [
        png(1, 1, 8, 0, b"\x00\x09", chunk(b"eXIf", exif)),
        saved(Image.new("L", (16, 16), 9), "WEBP", exif=exif, lossless=True),
        saved(Image.new("L", (16, 16), 9), "AVIF", exif=harmless).replace(harmless, exif),
    ]
    assert exif in contents[2]
    tracemalloc.start()
    try:
        for content in contents:
            assert np.abs(open_picture(content).astype(int) - 9).max() <= 2
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


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


# ---------------------------------------------------------------- fitting


def test_a_pixel_is_the_mean_of_the_area_that_it_covers() -> None:
    picture = np.array([[[0, 100, 10, 10], [100, 200, 10, 50]]], np.uint8)
    assert shrunk(picture, (1, 1, 2)).tolist() == of(100, 20).tolist()


def test_the_aspect_is_kept_and_the_rest_has_the_median_of_the_border() -> None:
    wide = np.full((1, 20, 40), 90, np.uint8)
    wide[:, 8:12, 16:24] = 250  # four by four of its pixels become one
    image = shrunk(wide, (1, 10, 10))
    assert (image[0, [0, 1, 8, 9]] == 90).all()
    assert (image[0, 4, 4:6] == 250).all()
    assert (image == 250).sum() == 2


def test_nothing_is_cut_off() -> None:
    tall = np.zeros((1, 100, 10), np.uint8)
    tall[:, 0], tall[:, -1] = 255, 255
    image = shrunk(tall, (1, 20, 20))
    assert image[0, 0, 9:11].min() > 0
    assert image[0, -1, 9:11].min() > 0


def test_a_small_picture_is_enlarged() -> None:
    assert shrunk(of(77), (3, 8, 8)).tolist() == np.full((3, 8, 8), 77).tolist()
    assert shrunk(np.full((3, 1, 50), 7, np.uint8), (1, 8, 8)).tolist() == np.full((1, 8, 8), 7).tolist()


def test_grey_becomes_three_equal_channels_and_colour_the_brightness_that_the_eye_sees() -> None:
    assert shrunk(of(3, 9), (3, 1, 2)).tolist() == [[[3, 9]]] * 3
    colours = np.eye(3, dtype=np.uint8)[:, None] * 255  # red, green, blue
    assert shrunk(colours, (1, 1, 3)).tolist() == of(76, 150, 29).tolist()  # .299, .587, .114 of 255


def test_dark_strokes_on_a_bright_ground_become_bright_ones() -> None:
    paper = np.full((3, 9, 9), 250, np.uint8)
    paper[:, 4, 2:7] = 10
    assert is_bright_ground(paper)
    assert not is_bright_ground(inverted(paper))
    half = np.full((1, 8, 8), 250, np.uint8)
    half[:, 2:6, 1:7] = 20  # 24 of 64 pixels: much else than paper
    assert not is_bright_ground(half)
    assert inverted(paper)[:, 4, 4].tolist() == [245, 245, 245]


def test_images_with_black_around_them_are_on_dark_ground() -> None:
    images = np.zeros((3, 1, 8, 8), np.uint8)
    images[:, :, 2:6, 2:6] = 255
    assert are_on_dark_ground(images)
    assert not are_on_dark_ground(255 - images)


# ---------------------------------------------------------------- tiles


@pytest.mark.parametrize("size", [(8, 8), (9, 17), (1, 1), (3, 40), (16, 8)])
@pytest.mark.parametrize("channels", [1, 3])
def test_tiles_put_together_are_the_picture(size: tuple[int, int], channels: int) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (channels, *size), np.uint8)
    tiles = tiled(picture, (channels, 8, 8))
    assert tiles.images.shape == (tiles.rows * tiles.columns, channels, 8, 8)
    assert tiles.picture.tolist() == picture.tolist()


def test_tiles_stand_row_by_row_and_repeat_the_edge() -> None:
    picture = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    tiles = tiled(picture, (1, 2, 2))
    assert (tiles.rows, tiles.columns) == (1, 2)
    assert tiles.images.tolist() == [[[[0, 1], [3, 4]]], [[[2, 2], [5, 5]]]]


@pytest.mark.parametrize("size", [(1000, 1000), (3000, 10), (10, 3000), (1, 60_000), (500, 1200)])
def test_a_large_picture_is_reduced_until_its_tiles_are_few(size: tuple[int, int]) -> None:
    tiles = tiled(np.full((3, *size), 5, np.uint8), (1, 28, 28), most=50)
    assert len(tiles.images) <= 50
    assert tiles.picture.shape == (1, tiles.height, tiles.width)
    assert (tiles.images == 5).all()


def test_a_picture_of_few_tiles_is_not_reduced() -> None:
    tiles = tiled(np.zeros((1, 280, 280), np.uint8), (1, 28, 28), most=100)
    assert (tiles.height, tiles.width) == (280, 280)


def test_other_images_than_the_tiles_are_not_put_together() -> None:
    tiles = tiled(of(1, 2, 3, 4), (1, 1, 2))
    with pytest.raises(ShapeError, match="do not replace"):
        joined(tiles, tiles.images[:1])


@pytest.mark.parametrize("shape", [(2, 8, 8), (1, 0, 8)])
def test_a_shape_that_is_no_image_s_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ShapeError, match="a model's images"):
        shrunk(of(1), shape)
    with pytest.raises(ShapeError, match="a picture is"):
        tiled(np.zeros((1, 4, 4), np.float32), (1, 8, 8))  # type: ignore[arg-type]
