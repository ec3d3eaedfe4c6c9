"""A model leaves as ONNX and as a program of torch.export: other programs compute what PyTorch does here."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from autoenc import __version__, checkpoints, export, models
from autoenc.checkpoints.reading import on_paper
from autoenc.compression.spread import quantiles_of
from autoenc.datasets import Dataset
from autoenc.errors import CheckpointError, ConfigError, ExportError, RunUnknown
from autoenc.export.onnx_graph import IR_VERSION, OPSET, onnx_file
from autoenc.export.parts import Part, Stage, TensorInfo, metadata, parts
from autoenc.export.portable import MAX_ONNX, MAX_ZIP, check_onnx_zip, n_weight_bytes, write_onnx
from autoenc.models import Autoencoder, ImageShape
from autoenc.schema import MODELS, Images, Noise, Run, TrainConfig
from tests.runs import NOISY_CONV, PLAIN, Sample, files_no_larger_than, made, put, stored, trained

TOLERANCE = 1e-5  # absolute, of pixels and of codes
SHAPES: tuple[ImageShape, ...] = ((1, 28, 28), (3, 32, 32), (1, 13, 17), (2, 9, 6))
EXAMPLES = [run.run_id for run in checkpoints.examples()]


def run_of(config: TrainConfig, shape: ImageShape) -> Run:
    """A run that nobody has trained, of a model of this kind."""
    info = models.describe(config, shape)
    x = Images((1, *shape), bytes(math.prod(shape)))
    return Run(config.run_id("f"), config, "f", info, 1, "cpu", {}, x=x)


def model_of(config: TrainConfig, shape: ImageShape) -> Autoencoder:
    """Weights for which an image still makes a difference after eight layers."""
    model = models.build(config, shape)
    draws = torch.Generator().manual_seed(1)
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            n_inputs = layer.weight[0].numel()
            if isinstance(layer, nn.ConvTranspose2d):
                n_inputs = layer.in_channels * math.prod(layer.kernel_size) // math.prod(layer.stride)
            layer.weight.data.normal_(0, math.sqrt(2 / n_inputs), generator=draws)
            assert layer.bias is not None
            layer.bias.data.normal_(0, 0.1, generator=draws)
    return model.requires_grad_(False).eval()


def computed(file: bytes, x: Tensor) -> Tensor:
    """What onnxruntime makes of it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    (given_,), (back,) = session.get_inputs(), session.get_outputs()
    (y,) = session.run([back.name], {given_.name: x.numpy()})
    return torch.from_numpy(y)


def files_of(run: Run, model: Autoencoder) -> dict[str, bytes]:
    return {part.name: onnx_file(part, metadata(run, part)) for part in parts(run, model)}


def images(n: int, shape: ImageShape) -> Tensor:
    return torch.rand(n, *shape, generator=torch.Generator().manual_seed(n))


def surely_rounded(z: Tensor) -> Tensor:
    """(B,) whether no number of a code is so near a half that its last bit decides."""
    return ((z - z.floor() - 0.5).abs() > 1e-4).flatten(1).all(1)


def check_same(run: Run, model: Autoencoder, files: dict[str, bytes], batches: tuple[int, ...]) -> Tensor:
    """That all three files give what PyTorch gives. Returns what came back of the last batch."""
    for n in batches:
        x = images(n, run.model.image_shape)
        z = model.encoder(x)
        assert_near(computed(files["encoder"], x), z)
        sure = surely_rounded(z) if run.config.rate_weight else torch.ones(n, dtype=torch.bool)
        assert sure.float().mean() > 0.9 or n < 10
        x_hat = model(x)
        assert_near(computed(files["decoder"], z), x_hat)
        assert_near(computed(files["model"], x)[sure], x_hat[sure])
    return x_hat


def assert_near(ours: Tensor, theirs: Tensor) -> None:
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype == torch.float32
    assert (ours - theirs).abs().max() <= TOLERANCE if len(ours) else True


def configs(name: str, shape: ImageShape) -> Iterator[TrainConfig]:
    """All layers and strides, a few sizes, with and without few bytes; those that the images allow."""
    for layers, stride, size, rate in product((1, 2, 3, 4), (1, 2), (1, 3, 20), (None, 0.1)):
        try:
            config = TrainConfig("digits", name, size, layers=layers, stride=stride, rate_weight=rate)
            models.describe(config, shape)
        except ConfigError:
            continue
        if config.kind.has_stride or stride == TrainConfig.stride:
            yield config


# ---------------------------------------------------------------- the same numbers


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", MODELS)
def test_onnxruntime_computes_what_pytorch_does(name: str, shape: ImageShape) -> None:
    n = 0
    for config in configs(name, shape):
        run, model = run_of(config, shape), model_of(config, shape)
        files = files_of(run, model)
        for file in files.values():
            onnx.checker.check_model(file, full_check=True)
        x_hat = check_same(run, model, files, (1, 3, 64))
        assert x_hat.std(0).max() > 1e-3 or config.latent_size < 20, "each image comes back as another"
        n += 1
    assert n >= 12


@settings(max_examples=40)
@given(
    name=st.sampled_from(MODELS),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40)),
    latent_size=st.integers(1, 40),
    layers=st.integers(1, 4),
    stride=st.integers(1, 2),
    rated=st.booleans(),
    n=st.integers(1, 9),
)
def test_no_shape_of_image_is_an_exception(
    name: str, shape: ImageShape, latent_size: int, layers: int, stride: int, rated: bool, n: int
) -> None:
    config = TrainConfig("digits", name, latent_size, layers=layers, stride=stride)
    if rated and config.kind.can_count_bytes:
        config = replace(config, rate_weight=0.1)
    try:
        run = run_of(config, shape)
    except ConfigError:
        return
    model = model_of(config, shape)
    check_same(run, model, files_of(run, model), (n,))


@pytest.mark.parametrize("run_id", EXAMPLES)
def test_each_example_computes_the_same_elsewhere(run_id: str) -> None:
    run, model = checkpoints.load_trained(run_id)
    x_hat = check_same(run, model, files_of(run, model), (1, 3, 64))
    assert x_hat.std(0).max() > 0.05


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(latent_size=32, epochs=1, train_images=6400),
        TrainConfig(model="conv", latent_size=4, epochs=1, train_images=1280),
        TrainConfig(model="conv-bottleneck", latent_size=16, layers=2, epochs=1, train_images=1280),
        TrainConfig(model="vae", latent_size=8, layers=2, epochs=1, train_images=6400),
        TrainConfig(latent_size=48, layers=2, epochs=1, train_images=6400, rate_weight=0.04),
    ],
    ids=lambda config: config.model + "-rated" * bool(config.rate_weight),
)
def test_digits_of_mnist_come_back_the_same(config: TrainConfig, mnist: Dataset) -> None:
    run, state = trained(config, mnist)
    model = state.model.requires_grad_(False).eval()
    files = files_of(run, model)
    x = torch.from_numpy(mnist.test[:200]).float() / 255
    z, x_hat = model.encoder(x), model(x)
    assert_near(computed(files["encoder"], x), z)
    assert_near(computed(files["decoder"], z), x_hat)
    sure = surely_rounded(z) if config.rate_weight else torch.ones(200, dtype=torch.bool)
    assert sure.float().mean() > 0.9
    assert_near(computed(files["model"], x)[sure], x_hat[sure])


def test_numbers_that_overflow_do_so_in_both() -> None:
    config = TrainConfig("digits", "mlp", 4)
    run, model = run_of(config, (1, 8, 8)), model_of(config, (1, 8, 8))
    first, last = model.encoder[1], model.decoder[0]
    assert isinstance(first, nn.Linear)
    assert isinstance(last, nn.Linear)
    first.weight.fill_(3e38)
    last.weight.copy_(last.weight.abs())
    last.weight[::2] *= -1
    x = images(3, (1, 8, 8)) + 0.1
    x_hat = model(x)
    assert model.encoder(x).isinf().all()
    assert set(x_hat.flatten().tolist()) == {0.0, 1.0}
    files = files_of(run, model)
    assert computed(files["encoder"], x).isinf().all()
    assert_near(computed(files["model"], x), x_hat)


# ---------------------------------------------------------------- the file


def test_a_file_says_what_it_is_and_how_images_are_prepared() -> None:
    config = replace(PLAIN, noise=Noise("gaussian", 0.3))
    run, model = run_of(config, (3, 8, 9)), model_of(config, (3, 8, 9))
    for name, given_, back in (
        ("encoder", ("x", ["batch", 3, 8, 9]), ("z", ["batch", 4])),
        ("decoder", ("z", ["batch", 4]), ("x_hat", ["batch", 3, 8, 9])),
        ("model", ("x", ["batch", 3, 8, 9]), ("x_hat", ["batch", 3, 8, 9])),
    ):
        session = onnxruntime.InferenceSession(files_of(run, model)[name])
        assert [(i.name, i.shape, i.type) for i in session.get_inputs()] == [(*given_, "tensor(float)")]
        assert [(o.name, o.shape, o.type) for o in session.get_outputs()] == [(*back, "tensor(float)")]
        told = session.get_modelmeta().custom_metadata_map
        assert told["run_id"] == run.run_id == session.get_modelmeta().graph_name
        assert TrainConfig.from_json(json.loads(told["config"])) == config
        assert (told["dataset"], told["epochs"], told["autoenc_version"]) == ("digits", "0", __version__)
        assert told["input"].startswith(f"{given_[0]}: float32 ({', '.join(map(str, given_[1]))}); ")
        assert told["output"].startswith(f"{back[0]}: float32 ({', '.join(map(str, back[1]))}); ")
        assert told["part"].startswith(f"{name}: ")
        assert "Divide uint8 pixels by 255, channels first" in told["preprocessing"]
        assert "In training x had gaussian noise 0.3" in told["preprocessing"]
        assert told["preprocessing"] in session.get_modelmeta().description
    clean = run_of(PLAIN, (3, 8, 9))
    assert "noise" not in metadata(clean, parts(clean, model)[0])["preprocessing"]


def test_inputs_and_outputs_are_described_in_the_graph() -> None:
    run, model = run_of(PLAIN, (1, 8, 8)), model_of(PLAIN, (1, 8, 8))
    graph = onnx.load_from_string(files_of(run, model)["model"]).graph
    said = {info.name: info.doc_string for info in (*graph.input, *graph.output, *graph.value_info)}
    assert said.keys() == {"x", "z", "x_hat"}, "the code has its name in the whole model, too"
    assert said["x"] == "pixels in [0, 1]"
    assert said["x_hat"].startswith("pixels in [0, 1]")
    assert said["z"] == "4 numbers of any size"


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (TrainConfig("digits", "mlp", 5), "5 numbers of any size"),
        (TrainConfig("digits", "mlp", 1), "1 number of any size"),
        (TrainConfig("digits", "conv", 5), "80 numbers in 5 channels, 0 or more"),
        (TrainConfig("digits", "conv-bottleneck", 5), "5 numbers of any size"),
        (TrainConfig("digits", "vae", 5), "the means of normal distributions"),
        (TrainConfig("digits", "mlp", 5, rate_weight=0.1), "not rounded yet: the decoder rounds them"),
    ],
    ids=lambda value: value.model if isinstance(value, TrainConfig) else "",
)
def test_a_file_says_what_its_code_means(config: TrainConfig, sentence: str) -> None:
    run, model = run_of(config, (1, 8, 8)), model_of(config, (1, 8, 8))
    for part in parts(run, model):
        assert sentence in metadata(run, part)["code"]
    z = model.encoder(images(50, (1, 8, 8)))
    assert ("0 or more" in sentence) == bool((z >= 0).all())


def test_a_finished_run_says_which_codes_its_training_images_have(digits: Dataset) -> None:
    run, state = trained(PLAIN, digits)
    x = torch.from_numpy(digits.train)
    run = replace(run, quantiles=quantiles_of(state.model.encoder, x))
    z = state.model.encoder(x.float() / 255).detach()
    text = parts(run, state.model)[0].output.text
    low, high = map(float, text.partition("; on the training images ")[2].split(" to "))
    assert low == pytest.approx(float(z.min()), rel=0.01)
    assert high == pytest.approx(float(z.max()), rel=0.01)


def test_the_files_are_as_old_as_their_operators_allow() -> None:
    config = TrainConfig("digits", "mlp", 4, rate_weight=0.1)
    run, model = run_of(config, (1, 8, 8)), model_of(config, (1, 8, 8))
    file = onnx.load_from_string(files_of(run, model)["decoder"])
    assert [(one.domain, one.version) for one in file.opset_import] == [("", OPSET)]
    assert file.ir_version == IR_VERSION == onnx.helper.find_min_ir_version_for(file.opset_import)
    file.opset_import[0].version = OPSET - 1
    with pytest.raises(onnx.checker.ValidationError, match="No Op registered for Round"):
        onnx.checker.check_model(file)


def test_a_file_takes_what_its_weights_take(sample: Sample) -> None:
    run, model = checkpoints.load_trained(sample.run_id)
    files = files_of(run, model)
    assert n_weight_bytes(run) < len(files["model"]) < n_weight_bytes(run) + 5000
    assert len(files["model"]) < len(sample.data), "which has the optimiser's state, too"
    assert len(files["encoder"]) + len(files["decoder"]) < len(files["model"]) + 5000


def test_the_variances_of_a_prior_are_left_out() -> None:
    config = TrainConfig("digits", "vae", 8)
    run, model = run_of(config, (1, 8, 8)), model_of(config, (1, 8, 8))
    names = {one.name for one in onnx.load_from_string(files_of(run, model)["model"]).graph.initializer}
    weights = {name for name in model.state_dict() if not name.startswith("log_variance")}
    assert names == weights | {"decoder.2.shape"}
    assert n_weight_bytes(run) == sum(4 * model.state_dict()[name].numel() for name in weights)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Tanh(),
        nn.Dropout(),
        nn.MaxPool2d(2),
        nn.Flatten(2),
        nn.Unflatten(2, (2, 2)),
        nn.Conv2d(1, 1, 3, padding="same"),
        nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"),
        nn.ConvTranspose2d(1, 1, 3, 2, output_padding=1),
    ],
    ids=str,
)
def test_a_layer_without_an_operator_is_refused_by_its_name(layer: nn.Module) -> None:
    x = TensorInfo("x", (1, 4, 4), "")
    part = Part("model", "", x, (Stage({"encoder.0": nn.ReLU(), "encoder.1": layer}, x),))
    with pytest.raises(ExportError, match=r"^encoder\.1 is \w+\(.*add it there$"):
        onnx_file(part, dict.fromkeys(("run_id", "title", "part", "preprocessing"), "x"))


@pytest.mark.parametrize(
    "layer",
    [
        nn.Linear(4, 3, bias=False),
        nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(0, 1), dilation=(1, 2), groups=2, bias=False),
        nn.ConvTranspose2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(2, 1), groups=2),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_what_a_layer_can_be_told_besides_is_taken_along(layer: nn.Module) -> None:
    x = torch.rand(2, *((4,) if isinstance(layer, nn.Linear) else (4, 7, 8)))
    with torch.no_grad():
        expected = layer(x)
    shapes = TensorInfo("x", tuple(x.shape[1:]), ""), TensorInfo("y", tuple(expected.shape[1:]), "")
    part = Part("model", "", shapes[0], (Stage({"encoder.0": layer}, shapes[1]),))
    file = onnx_file(part, dict.fromkeys(("run_id", "title", "part", "preprocessing"), "x"))
    assert_near(computed(file, x), expected)


# ---------------------------------------------------------------- the folder


ONNX_FILES = {"encoder.onnx", "decoder.onnx", "model.onnx"}
PROGRAMS = {"encoder.pt2", "decoder.pt2", "model.pt2"}


@pytest.fixture(scope="module")
def sample(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(PLAIN, digits, tmp_path_factory)


@pytest.fixture(autouse=True)
def _sample_stored(sample: Sample) -> None:
    put(sample.run_id, sample.data)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_export_has_what_is_asked_for_and_is_brought_up_to_date(
    out: Path, sample: Sample, digits: Dataset
) -> None:
    folder = out / sample.run_id
    plain = {path.name for path in export.export(sample.run_id, out)}
    assert not plain & (ONNX_FILES | PROGRAMS)
    files = export.export(sample.run_id, out, onnx=True)
    assert {path.name for path in files} == plain | ONNX_FILES == names_in(folder)
    files = export.export(sample.run_id, out, torch_export=True)
    assert {path.name for path in files} == plain | ONNX_FILES | PROGRAMS == names_in(folder)

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    run, state = trained(PLAIN, digits)
    with torch.no_grad():
        for weight in state.model.parameters():
            weight *= 2
    put(sample.run_id, stored(replace(run, attempt=2), state).read_bytes())
    files = export.export(sample.run_id, out)
    assert {path.name for path in files} == plain | ONNX_FILES | PROGRAMS == names_in(folder)
    for name in ONNX_FILES | PROGRAMS:
        assert (folder / name).read_bytes() != before[name], name
    x = images(2, (1, *digits.image_shape[1:]))
    with torch.no_grad():
        assert_near(computed((folder / "model.onnx").read_bytes(), x), state.model(x))


def test_a_full_disk_leaves_the_earlier_export_as_it_was(out: Path) -> None:
    run_id = max(EXAMPLES, key=lambda run_id: "bottleneck" in run_id)
    export.export(run_id, out, onnx=True)
    before = {path.name: path.read_bytes() for path in (out / run_id).iterdir()}
    limit = checkpoints.find(run_id).stat().st_size + 1
    assert limit < len(before["model.onnx"]), "the run's file fits, with half the bytes a weight"
    with files_no_larger_than(limit), pytest.raises(CheckpointError, match="File too large"):
        export.export(run_id, out, onnx=True)
    assert {path.name: path.read_bytes() for path in (out / run_id).iterdir()} == before
    assert [path.name for path in out.iterdir()] == [run_id], "nothing temporary"


@pytest.mark.parametrize("hidden", [math.inf, -math.inf, math.nan])
def test_a_run_whose_weights_are_no_numbers_is_not_exported(
    hidden: float, out: Path, digits: Dataset
) -> None:
    config = replace(PLAIN, seed=3, epochs=1)
    run, state = trained(config, digits)
    with torch.no_grad():
        next(state.model.decoder.parameters())[1, 2] = hidden
    stored(run, state)
    with pytest.raises(CheckpointError, match="holds NaN or infinite numbers"):
        export.export(run.run_id, out, onnx=True)
    with pytest.raises(CheckpointError, match="holds NaN or infinite numbers"):
        export.onnx_zip(run.run_id)
    assert list(out.iterdir()) == []


def test_what_is_too_large_is_refused_before_it_is_opened(out: Path) -> None:
    shape = (3, 147, 147)
    run = run_of(TrainConfig("digits", "mlp", 4096), shape)
    assert n_weight_bytes(run) > MAX_ONNX
    sentence = r"the weights take 2\.1 GB, and an ONNX file holds 2\.0 GB; export this model with --torch-exp"
    with pytest.raises(ExportError, match=sentence):
        write_onnx(run, on_paper(run), out)
    assert list(out.iterdir()) == []


def test_a_large_model_is_for_the_command_line(sample: Sample) -> None:
    run = replace(run_of(TrainConfig("digits", "mlp", 4096), (3, 100, 100)), run_id=sample.run_id)
    assert MAX_ZIP < n_weight_bytes(run) < MAX_ONNX
    with pytest.raises(ExportError, match=r"1\.0 GB, too many .* runs export \S+ --out DIR --onnx$"):
        check_onnx_zip(run)
    check_onnx_zip(sample.run)


def test_a_run_without_a_file_has_no_weights_to_export(out: Path, sample: Sample) -> None:
    checkpoints.path_of(sample.run_id).unlink()
    for refused in (
        lambda: check_onnx_zip(sample.run),
        lambda: export.onnx_zip(sample.run_id),
        lambda: export.export(sample.run_id, out, onnx=True),
    ):
        with pytest.raises(RunUnknown, match=r"train it again|there is no run"):
            refused()
    assert list(out.iterdir()) == []


def test_a_large_mlp_is_written_whole(out: Path) -> None:
    config = TrainConfig("digits", "mlp", 2048)
    run, model = run_of(config, (3, 32, 32)), model_of(config, (3, 32, 32))
    write_onnx(run, model, out)
    x = images(2, (3, 32, 32))
    assert_near(computed((out / "model.onnx").read_bytes(), x), model(x))
    assert n_weight_bytes(run) < (out / "model.onnx").stat().st_size < n_weight_bytes(run) + 5000


# ---------------------------------------------------------------- torch.export

ELSEWHERE = """
import importlib.util, json, sys
from pathlib import Path
import numpy as np, torch
assert importlib.util.find_spec("autoenc") is None, "this is to be another machine"
for folder in map(Path, sys.argv[1:]):
    for part, given in (("encoder", "x"), ("decoder", "z"), ("model", "x")):
        told = {"metadata.json": ""}
        program = torch.export.load(folder / f"{part}.pt2", extra_files=told).module()
        assert json.loads(told["metadata.json"])["part"].startswith(part)
        for n in (1, 3, 64):
            y = program(torch.from_numpy(np.load(folder / f"{given}{n}.npy")))
            np.save(folder / f"{part}{n}.npy", y.detach().numpy())
"""


def test_a_program_runs_where_there_is_no_autoenc(out: Path, digits: Dataset) -> None:
    folders: list[tuple[Path, Run, Autoencoder]] = []
    for config in (
        PLAIN,
        replace(NOISY_CONV, epochs=1),
        TrainConfig("digits", "conv", 3, stride=1, epochs=1, batch_size=64, train_images=64),
        TrainConfig("digits", "conv-bottleneck", 6, layers=3, epochs=1, batch_size=64, train_images=64),
        TrainConfig("digits", "vae", 4, layers=2, epochs=1, batch_size=64, train_images=64),
        TrainConfig("digits", "mlp", 4, epochs=1, batch_size=64, train_images=64, rate_weight=0.1),
    ):
        run, state = trained(config, digits)
        stored(run, state)
        export.export(run.run_id, out, torch_export=True)
        model = state.model.requires_grad_(False).eval()
        folder = out / run.run_id
        folders.append((folder, run, model))
        for n in (1, 3, 64):
            x = images(n, run.model.image_shape)
            np.save(folder / f"x{n}.npy", x.numpy())
            np.save(folder / f"z{n}.npy", model.encoder(x).numpy())
    command: list[Any] = [sys.executable, "-I", "-c", ELSEWHERE, *(folder for folder, _, _ in folders)]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for folder, run, model in folders:
        for n in (1, 3, 64):
            x = images(n, run.model.image_shape)
            z = model.encoder(x)
            sure = surely_rounded(z) if run.config.rate_weight else torch.ones(n, dtype=torch.bool)
            assert_near(torch.from_numpy(np.load(folder / f"encoder{n}.npy")), z)
            assert_near(torch.from_numpy(np.load(folder / f"decoder{n}.npy")), model.decoder(z))
            assert_near(torch.from_numpy(np.load(folder / f"model{n}.npy"))[sure], model(x)[sure])


def test_onnx_is_loaded_only_by_who_exports(sample: Sample, out: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom autoenc import export\n"
        "print(sorted({'onnx', 'onnxruntime'} & set(sys.modules)))\n"
        f"export.export({sample.run_id!r}, Path({str(out)!r}), onnx=True)\n"
        "print(sorted({'onnx', 'onnxruntime'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "['onnx']"], done.stderr
