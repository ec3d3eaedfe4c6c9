"""Which kind of picture a file is, by its first bytes or by the ending of its name; imports nothing heavy."""

from __future__ import annotations

import os
import zlib

HEAD_BYTES = 512  # of a file are enough to tell its kind

# The kinds that are read, and the endings of their files; the first one is the usual.
ENDINGS = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jfif", ".jpe"),
    "WebP": (".webp",),
    "GIF": (".gif",),
    "AVIF": (".avif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
}
READABLE_FORMATS = ", ".join(ENDINGS)
HEIC = "HEIC"
HEIC_CURE = "save HEIC pictures as JPEG; an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible"

# Endings of files that are meant as pictures; one that is of another kind inside, or damaged, is named.
SUFFIXES = {ending for endings in ENDINGS.values() for ending in endings} | {
    *(".heic", ".heif", ".hif", ".jxl", ".jp2", ".ppm", ".pgm", ".pnm", ".svg", ".ico", ".tga", ".psd"),
    *(".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"),
}
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"}
_RUBBISH = {"thumbs.db", "desktop.ini", "__macosx"}  # of file managers, in small letters
NPY_MAGIC, GZIP_MAGIC, ZIP_MAGIC = b"\x93NUMPY", b"\x1f\x8b", b"PK\3\4"
_IDX_TYPES = {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E}  # of numbers, the third byte of an idx file
_BMP_HEADS = {12, 16, 40, 52, 56, 64, 108, 124}  # bytes of the second part of a BMP's head


def kind_of(head: bytes) -> str:
    """A key of ENDINGS, or HEIC; "": it is another kind of file.

    Args:
        head: of the file, HEAD_BYTES or more.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADS:
        return "BMP"
    return _in_boxes(head) if head[4:8] == b"ftyp" else ""


def holds_array(head: bytes) -> bool:
    """Whether a file is an array, .npy or idx; also one in gzip.

    Args:
        head: of the file, HEAD_BYTES or more.
    """
    head = _out_of_gzip(head)
    is_idx = len(head) > 4 and head[:2] == b"\0\0" and head[2] in _IDX_TYPES and 1 <= head[3] <= 4
    return head.startswith(NPY_MAGIC) or is_idx


def _out_of_gzip(head: bytes) -> bytes:
    """The first bytes of what is in it; anything else as it is."""
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def is_named_as_picture(name: str) -> bool:
    """Whether the file's name ends as a picture's does."""
    return os.path.splitext(name)[1].lower() in SUFFIXES


def is_hidden_name(name: str) -> bool:
    """Whether nobody means a file or folder of this name: a system or a program has put it there."""
    return name.startswith(".") or name.casefold() in _RUBBISH


def ending_for(name: str, head: bytes) -> str:
    """What a name is to end in, so that it is a picture's; "": the file is none.

    A TIFF counts where its name has no ending: there are many other files of this form.
    """
    kind = kind_of(head)
    if kind == HEIC:
        return ".heic"
    is_other = kind == "TIFF" and os.path.splitext(name)[1]
    return ENDINGS[kind][0] if kind and not is_other else ""


def _in_boxes(head: bytes) -> str:
    """The brands say what is in a file of the form that AVIF, HEIC and MP4 share."""
    n_bytes = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[i : i + 4] for i in range(16, n_bytes - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    return HEIC if brands & _HEIC_BRANDS or head[8:12] in (b"mif1", b"msf1") else ""


FILE_CURE = "download the file itself"  # what to do about `what_else`


def what_else(head: bytes) -> str:
    """What people get instead of the file that they wanted; "": it is none of that."""
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return "a Git LFS pointer in place of the file"
    begins = head[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower()
    if begins.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page, perhaps one that asks for a login"
    return ""
