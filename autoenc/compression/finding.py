"""A compressed file -> the run whose decoder it needs."""

from __future__ import annotations

from contextlib import suppress

from autoenc import checkpoints
from autoenc.compression.codec import Codec, codec_of
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
