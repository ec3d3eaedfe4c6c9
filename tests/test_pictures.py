"""Pictures of every kind that a class brings look as they should; what else is in their files is dropped."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from autoenc.errors import PictureError
from autoenc.pictures import open_picture
from autoenc.pictures.containers import bare_jpeg
from tests.odd_pictures import chunk, claiming, of, png, saved

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
