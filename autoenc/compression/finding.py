"""A compressed file -> the run whose decoder it needs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from autoenc import checkpoints
from autoenc.compression.codec import Codec, Pixels, codec_of, numbers_in, pictures
from autoenc.compression.files import CompressedFile, content_hash_in, parsed
from autoenc.errors import RunUnknown


def opened(data: bytes) -> tuple[CompressedFile, str, Codec]:
    """A compressed file, the run_id of the run that made it, and that run as a codec.

    Raises:
        CompressionError: it is no such file, of a newer version, or damaged.
        RunUnknown: the run is not here.
        CheckpointError: its file is damaged.
    """
    wanted = content_hash_in(data)
    for run in (*checkpoints.summaries()[0], *checkpoints.examples()):
        with suppress(RunUnknown):  # deleted meanwhile
            if run.finished and checkpoints.content_hash(run.run_id) == wanted:
                codec = codec_of(run.run_id)
                return parsed(data, codec.n_tables), run.run_id, codec
    raise RunUnknown(
        f"the run that made this file (content hash {wanted}) is not here; copy its .safetensors file into "
        "the checkpoint folder"
    )


@dataclass(frozen=True, eq=False)
class OpenedFile:
    """A compressed file, and the first of its images."""

    run_id: str  # of the run that made it
    n_images: int
    pictures: Pixels = field(repr=False)  # (n, C, H, W), the first of them
    n_bytes: int
    n_bytes_head: int
    n_bytes_tables: int  # 0: they are the run's


def first_images(data: bytes, n_images: int) -> OpenedFile:
    """A compressed file; of its images no more than `n_images` are drawn.

    Raises:
        as `opened` does.
    """
    file, run_id, codec = opened(data)
    numbers = next(numbers_in(file, codec))
    drawn = pictures(codec, numbers[:n_images], file.step)
    return OpenedFile(run_id, file.n_images, drawn, len(data), file.n_bytes_head, file.n_bytes_tables)
