"""A trained model as files that other programs compute: ONNX, and programs of torch.export."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from autoenc import checkpoints
from autoenc.errors import ExportError, RunUnknown
from autoenc.export.parts import metadata, parts
from autoenc.models import Autoencoder
from autoenc.numerals import data_size
from autoenc.schema import Run

MAX_ONNX = 2_000_000_000  # bytes of weights; a file of Protocol Buffers ends at 2 GiB
MAX_ZIP = 200_000_000  # bytes of weights; a ZIP file is made in memory, and takes several times as many


def write_onnx(run: Run, model: Autoencoder, folder: Path) -> None:
    """Write encoder.onnx, decoder.onnx and model.onnx into the folder.

    Raises:
        ExportError: the model is too large for the format, or has a layer without an ONNX operator.
        OSError: the disk refuses.
    """
    from autoenc.export.onnx_graph import onnx_file  # here: only who exports needs onnx

    if (n_bytes := n_weight_bytes(run)) > MAX_ONNX:
        raise ExportError(
            f"the weights take {data_size(n_bytes)}, and an ONNX file holds {data_size(MAX_ONNX)}; "
            "export this model with --torch-export"
        )
    for part in parts(run, model):
        (folder / f"{part.name}.onnx").write_bytes(onnx_file(part, metadata(run, part)))


def write_programs(run: Run, model: Autoencoder, folder: Path) -> None:
    """Write encoder.pt2, decoder.pt2 and model.pt2 into the folder.

    Meanwhile no other thread of the process may compute a model: `torch_program.save_program`.

    Raises:
        OSError: the disk refuses.
    """
    from autoenc.export.torch_program import save_program

    for part in parts(run, model):
        save_program(part, metadata(run, part), folder / f"{part.name}.pt2")


def onnx_zip(run_id: str) -> bytes:
    """A ZIP file of what `write_onnx` writes, in a folder of the run's name.

    Raises:
        CheckpointError: as `checkpoints.load_trained` does; its children too.
        ExportError: as `write_onnx`; or `check_onnx_zip` refuses it.
    """
    run, model = checkpoints.load_trained(run_id)
    check_onnx_zip(run)
    content = io.BytesIO()
    with (
        TemporaryDirectory(prefix="autoenc-onnx-") as name,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        write_onnx(run, model, Path(name))
        for path in sorted(Path(name).iterdir()):
            archive.write(path, f"{run_id}/{path.name}")
    return content.getvalue()


def check_onnx_zip(run: Run) -> None:
    """Whether the run can be had as a ZIP file, before anything is made.

    Raises:
        RunUnknown: the run has no file, so that there are no weights.
        ExportError: the weights take too much memory.
    """
    if not checkpoints.find(run.run_id).exists():
        raise RunUnknown(
            f"the file of {run.run_id} with its weights is not on this machine any more; train it again"
        )
    if (n_bytes := n_weight_bytes(run)) > MAX_ZIP:
        raise ExportError(
            f"the weights take {data_size(n_bytes)}, too many to make a ZIP file of them here; "
            f"use: python -m autoenc runs export {run.run_id} --out DIR --onnx"
        )


def n_weight_bytes(run: Run) -> int:
    """Bytes of the weights in model.onnx."""
    return 4 * sum(layer.n_parameters for layer in run.model.layers)


def onnx_usage(run: Run) -> str:
    """Lines of Python that compute model.onnx, to be copied."""
    shape = ", ".join(map(str, run.model.image_shape))
    return (
        "import numpy as np, onnxruntime\n"
        f'x = np.random.rand(8, {shape}).astype("float32")  # or your images, uint8 / 255\n'
        'x_hat = onnxruntime.InferenceSession("model.onnx").run(["x_hat"], {"x": x})[0]\n'
    )
