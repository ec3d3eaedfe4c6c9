"""A folder with as many runs as a few terms of classes leave, and how long it takes to list them.

python -m benchmarks.many_runs [N]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from autoenc import checkpoints
from autoenc.jobs import TrainJob
from autoenc.schema import Run, TrainConfig

CONFIG = TrainConfig(dataset="digits", latent_size=1, epochs=1, train_images=128)


def fill(folder: Path, n: int) -> None:
    """Make n finished runs that differ in their seeds; 68 kB and a third of a millisecond each.

    One is truly trained. The others have its weights and its history under heads of their own.
    """
    with patch.dict(os.environ, AUTOENC_CHECKPOINT_DIR=str(folder)):
        *_, run = (record for record in TrainJob(CONFIG, "cpu").run() if isinstance(record, Run))
        original = checkpoints.path_of(run.run_id).read_bytes()
    end = 8 + int.from_bytes(original[:8], "little")
    header = json.loads(original[8:end])
    head = json.loads(header["__metadata__"]["autoenc"])
    for seed in range(1, n):
        config = replace(CONFIG, seed=seed)
        run_id = config.run_id(run.fingerprint)
        own = json.dumps({**head, "run_id": run_id, "config": config.to_json()})
        text = json.dumps({**header, "__metadata__": {"autoenc": own}}).encode()
        text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8
        data = len(text).to_bytes(8, "little") + text + original[end:]
        (folder / f"{run_id}.safetensors").write_bytes(data)


def main(n: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), n)
        with patch.dict(os.environ, AUTOENC_CHECKPOINT_DIR=name):
            for state in ("cold", "warm", "warm"):
                began = perf_counter()
                runs, complaints = checkpoints.summaries()
                milliseconds = 1000 * (perf_counter() - began)
                print(f"{len(runs):,} runs listed, {state}: {milliseconds:.0f} ms; {len(complaints)} broken")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
