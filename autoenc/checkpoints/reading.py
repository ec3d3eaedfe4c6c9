"""From a file to a run, to a model that has learnt, or to a training that continues."""

from __future__ import annotations

import hashlib
import math
import os
from difflib import get_close_matches
from pathlib import Path

import torch
from torch import Tensor

from autoenc import models
from autoenc.checkpoints.additions import bits_in, concurrent_jobs_in, kl_in, quantiles_in, seconds_still_in
from autoenc.checkpoints.parsing import RunFile, open_file
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.heads.listing import examples, summaries
from autoenc.heads.parsing import identity, text, whole
from autoenc.heads.paths import find, path_of
from autoenc.heads.summary import check_name, summary_in
from autoenc.numerals import counted
from autoenc.once import once
from autoenc.schema import MAX_PREVIEWS, Epoch, Images, Preview, Run
from autoenc.training import FILM_STEPS, N_PREVIEW, TrainState

SUFFIX = ".safetensors"
_SEPARATORS = [mark for mark in (os.sep, os.altsep) if mark]


def read(run_id: str) -> Run:
    """A run as far as its file goes.

    Raises:
        RunUnknown: there is no such file.
        RunNewer: a newer version of this program wrote it.
        CheckpointError: it is not a checkpoint of ours, or it is damaged.
    """
    return read_file(find(run_id))


def read_file(path: Path) -> Run:
    """As `read`; the file may be in any folder, under the name of its run."""
    with open_file(path) as file:
        return check_name(path, run_in(file))


def content_hash(run_id: str) -> str:
    """Of a run's file as it is now, 16 hexadecimal digits: a run that is trained again has another one.

    Raises:
        as `read` does.
    """
    return content_hash_of(find(run_id))


def content_hash_of(path: Path, what: str = "run") -> str:
    """As `content_hash`, of any file of ours."""
    with open_file(path, what=what) as file:
        return _content_hash(path, identity(file.stat))


@once(maxsize=10_000)  # a compressed file is looked for among all runs
def _content_hash(path: Path, file_identity: tuple[int, int, int]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()


def load_trained(run_id: str) -> tuple[Run, models.Autoencoder]:
    """A run and its model as its file holds them: on the CPU, only for inference, without gradients.

    Raises:
        as `read` does, and CheckpointError where the weights do not fit the model or hold NaN.
    """
    return load_trained_file(find(run_id))


def load_trained_file(path: Path) -> tuple[Run, models.Autoencoder]:
    """As `load_trained`; the file may be in any folder, under the name of its run."""
    with open_file(path) as file:
        run = check_name(path, run_in(file))
        return run, _model_in(file, run)


def load(run: str | Path) -> tuple[Run, models.Autoencoder]:
    """A run and its model by its run_id, or from a file in any folder; see `autoenc.load`.

    Raises:
        as `autoenc.load` does.
    """
    if isinstance(run, Path) or run.endswith(SUFFIX) or any(mark in run for mark in _SEPARATORS):
        return _load_file(Path(run).expanduser())
    try:
        return load_trained(run)
    except RunUnknown as error:
        raise RunUnknown(f"{error}{_similar(run)}") from None


def _load_file(path: Path) -> tuple[Run, models.Autoencoder]:
    """As `load_trained`; what the file is called means nothing."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not a file"
        raise RunUnknown(f"{path} {what}; give the path of a run's {SUFFIX} file, or a run_id")
    with open_file(path, remedy="give the path of another file") as file:
        if "recogniser_id" in file.head:
            raise ValueError("it is a recogniser; `recognition.load` opens it by its name")
        run = run_in(file)
        return run, _model_in(file, run)


def _similar(run_id: str) -> str:
    """The end of a sentence: the runs that may have been meant; "": none is called nearly so."""
    run_ids = dict.fromkeys(run.run_id for run in (*summaries()[0], *examples()))
    near = get_close_matches(run_id, run_ids, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _model_in(file: RunFile, run: Run) -> models.Autoencoder:
    """On the CPU, only for inference."""
    model = on_paper(run)
    weights = {name: tensor.clone() for name, tensor in weights_in(file, model).items()}
    model.load_state_dict(weights, assign=True)
    return model.requires_grad_(False).eval()


def restore(state: TrainState, run_id: str, max_epochs: int) -> Run:
    """Give a fresh training state the weights and the optimiser state of a run's file.

    Returns:
        the run as far as the file goes; all of it from one open file, whatever is renamed over it meanwhile.
    Raises:
        RunUnknown: there is no such file.
        CheckpointError: it is damaged, does not fit the model, holds NaN, or has gone beyond `max_epochs`;
            the state is as it was.
    """
    path = path_of(run_id)
    with open_file(path) as file:
        run = check_name(path, run_in(file))
        if len(run.epochs) > max_epochs:
            epochs = counted(len(run.epochs), "epoch")
            raise CheckpointError(f"{run_id} has {epochs}; asked for: {max_epochs:,}")
        weights = weights_in(file, state.model)
        optimizer_state = optimizer_state_in(file, state.model, len(run.step_losses))
    # Adam takes numbers as they lie in memory: its averages must lie as the weights do.
    for parameter, averages in zip(state.model.parameters(), optimizer_state.values(), strict=True):
        for name in ("exp_avg", "exp_avg_sq"):
            averages[name] = torch.empty_like(parameter).copy_(averages[name])
    groups = state.optimizer.state_dict()["param_groups"]
    state.model.load_state_dict(weights)
    state.optimizer.load_state_dict({"state": optimizer_state, "param_groups": groups})
    state.epoch = len(run.epochs)
    return run


def on_paper(run: Run) -> models.Autoencoder:
    """The run's model with shapes only: it takes no memory."""
    with torch.device("meta"):
        return models.build(run.config, run.model.image_shape)


# ---------------------------------------------------------------- what an open file holds
# All of these raise what `open_file` takes for damage.


def run_in(file: RunFile) -> Run:
    summary, head = summary_in(file), file.head
    config, n_epochs = summary.config, summary.epochs_done
    n_steps = n_epochs * math.ceil(summary.n_train_images / config.batch_size)
    rows = file.measures("history.epochs", (n_epochs, 5), torch.float64).tolist()
    beside, still = concurrent_jobs_in(file, n_epochs), seconds_still_in(file, n_epochs)
    bits = bits_in(file, n_epochs) if config.rate_weight else [None] * n_epochs
    kl = kl_in(file, n_epochs, config.latent_size) if config.kind.has_prior else [{}] * n_epochs
    n_images, *_ = file.shape("preview.x")
    pictures = (whole(n_images, 1, N_PREVIEW), *summary.image_shape)
    previews = _previews_in(file, n_epochs, n_steps, pictures)  # before the steps: a list of these is large
    return Run(
        run_id=summary.run_id,
        config=config,
        fingerprint=summary.fingerprint,
        model=models.describe(config, summary.image_shape),
        n_train_images=summary.n_train_images,
        device=summary.device,
        versions={text(name): text(version) for name, version in dict(head["versions"]).items()},
        x=_images(file.tensor("preview.x", pictures, torch.uint8)),
        x_noisy=_images(file.tensor("preview.x_noisy", pictures, torch.uint8)) if config.noise else None,
        attempt=summary.attempt,
        resumed_from_epoch=whole(head["resumed_from_epoch"], 0, n_epochs),
        earlier_tests=summary.earlier_tests,
        epochs=tuple(
            Epoch(row[0], row[1], row[2], row[3], int(row[4]), n, s, b, **k)
            for row, n, s, b, k in zip(rows, beside, still, bits, kl, strict=True)
        ),
        step_losses=tuple(file.measures("history.steps", (n_steps,)).tolist()),
        previews=previews,
        quantiles=quantiles_in(file, summary) if n_epochs == config.epochs else None,
    )


def _previews_in(
    file: RunFile, n_epochs: int, n_steps: int, pictures: tuple[int, ...]
) -> tuple[Preview, ...]:
    """Those after an epoch and those between, which files before version 0.3 do not have."""
    (n_ends,) = file.shape("preview.epochs")
    x_hat = file.tensor("preview.x_hat", (whole(n_ends, 1, MAX_PREVIEWS), *pictures), torch.uint8)
    epochs = file.tensor("preview.epochs", (n_ends,), torch.int64).tolist()
    if epochs != sorted(set(epochs) & set(range(n_epochs + 1))):
        raise ValueError("preview.epochs are out of order")
    length = n_steps // n_epochs if n_epochs else 0  # of an epoch, in steps
    ends = [Preview(e * length, e, _images(frame)) for e, frame in zip(epochs, x_hat, strict=True)]
    if "film.steps" not in file.tensors.keys():  # noqa: SIM118 - it is no dict
        return tuple(ends)
    (n_between,) = file.shape("film.steps")
    whole(n_between, 1, min(len(FILM_STEPS), MAX_PREVIEWS - n_ends))
    x_hat = file.tensor("film.x_hat", (n_between, *pictures), torch.uint8)
    steps = file.tensor("film.steps", (n_between,), torch.int64).tolist()
    if steps != sorted(set(steps)) or not all(0 < step < n_steps and step % length for step in steps):
        raise ValueError("film.steps are out of order")
    between = [Preview(step, None, _images(frame)) for step, frame in zip(steps, x_hat, strict=True)]
    return tuple(sorted(ends + between, key=lambda preview: preview.step))


def weights_in(file: RunFile, model: models.Autoencoder) -> dict[str, Tensor]:
    """The weights for this model as float32, still in the file where they are so there."""
    return {name: file.weights(f"model.{name}", tensor.shape) for name, tensor in model.state_dict().items()}


def optimizer_state_in(
    file: RunFile, model: models.Autoencoder, n_steps: int
) -> dict[int, dict[str, Tensor]]:
    """Adam's state after this many steps, one entry per parameter, still in the file."""
    states = {
        i: {
            "step": file.floats(f"optimizer.{i}.step", ()),
            "exp_avg": file.floats(f"optimizer.{i}.exp_avg", parameter.shape),
            "exp_avg_sq": file.measures(f"optimizer.{i}.exp_avg_sq", parameter.shape),
        }
        for i, parameter in enumerate(model.parameters())
    }
    if any(int(state["step"]) != n_steps for state in states.values()):
        raise ValueError(f"its optimiser has not taken {n_steps:,} steps")
    return states


def _images(pixels: Tensor) -> Images:
    n, c, h, w = pixels.shape
    return Images((n, c, h, w), pixels.contiguous().numpy().tobytes())
