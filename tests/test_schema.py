"""The values that cross the layers: what they allow, what they are called, what they compute."""

import hashlib
import json
import math
from dataclasses import FrozenInstanceError, asdict, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoenc.errors import AutoencError, ConfigError
from autoenc.schema import (
    MAX_PREVIEWS,
    MAX_STEPS,
    NOISES,
    Download,
    EpochRecord,
    Heartbeat,
    Images,
    ModelInfo,
    Noise,
    Preview,
    Run,
    State,
    StepRecord,
    TrainConfig,
    psnr_of_mse,
    thinned,
)
from autoenc.training import FILM_STEPS

levels = st.floats(0, 1, exclude_min=True)
rates = st.floats(0, 100, exclude_min=True)
configs = st.builds(
    TrainConfig,
    dataset=st.sampled_from(["mnist", "fashion-mnist", "digits"]),
    model=st.sampled_from(["mlp", "conv"]),
    latent_size=st.integers(1, 4096),
    layers=st.integers(1, 4),
    stride=st.integers(1, 2),
    epochs=st.integers(1, 1000),
    batch_size=st.integers(1, 10_000),
    learning_rate=st.one_of(rates, st.integers(1, 100)),
    noise=st.one_of(
        st.none(),
        st.builds(Noise, st.sampled_from(sorted(NOISES)), st.one_of(levels, st.just(1)), st.booleans()),
    ),
    train_images=st.one_of(st.none(), st.integers(1, 10_000_000)),
    seed=st.integers(0, 2**31 - 1),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=5,
)


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("latent_size", 1, 4096),
        ("layers", 1, 4),
        ("stride", 1, 2),
        ("epochs", 1, 1000),
        ("batch_size", 1, 10_000),
        ("train_images", 1, 10_000_000),
        ("seed", 0, 2_147_483_647),
    ],
)
def test_whole_settings_are_allowed_up_to_their_bounds_and_not_beyond(
    name: str, lowest: int, highest: int
) -> None:
    for allowed in (lowest, highest):
        assert getattr(TrainConfig(**{name: allowed}), name) == allowed
    for wrong in (
        lowest - 1,
        highest + 1,
        -1,
        10**30,
        float(highest),
        str(lowest),
        True,
        "abc",
        math.nan,
        [],
    ):
        with pytest.raises(ConfigError) as caught:
            TrainConfig(**{name: wrong})
        message = f"{name.replace('_', ' ')} is {wrong!r}; allowed: {lowest:,} to {highest:,}"
        assert str(caught.value) == message


@pytest.mark.parametrize("name", ["latent_size", "layers", "stride", "epochs", "batch_size", "seed"])
def test_the_training_images_and_the_end_of_the_learning_rate_alone_may_be_left_open(name: str) -> None:
    assert TrainConfig(train_images=None, decay_epochs=None) == TrainConfig()
    with pytest.raises(ConfigError, match="is None"):
        TrainConfig(**{name: None})


@pytest.mark.parametrize("wrong", [0, -1e-3, 100.1, 10**400, math.nan, math.inf, "0.001", True, None])
def test_a_learning_rate_is_above_0_and_at_most_100(wrong: Any) -> None:
    assert TrainConfig(learning_rate=100).learning_rate == 100
    with pytest.raises(ConfigError, match=r"learning rate is .*; allowed: more than 0, at most 100"):
        TrainConfig(learning_rate=wrong)


@pytest.mark.parametrize("wrong", ["gan", "", "MLP", None, 3, []])
def test_an_unknown_model_is_refused_with_the_known_ones(wrong: Any) -> None:
    with pytest.raises(ConfigError, match=r"unknown model .*; known: mlp, conv, conv-bottleneck"):
        TrainConfig(model=wrong)


@pytest.mark.parametrize(
    "wrong", ["", "..", "../mnist", "a/b", "a b", "a\n", "-x", "x" * 65, "é", "\ud800", None, 3]
)
def test_a_data_set_has_a_name_that_can_be_part_of_a_file_name(wrong: Any) -> None:
    assert TrainConfig(dataset="fashion-mnist").dataset == "fashion-mnist"
    with pytest.raises(ConfigError, match="dataset is "):
        TrainConfig(dataset=wrong)


@pytest.mark.parametrize("wrong", [0, -0.1, 1.01, 10**400, math.nan, math.inf, "0.3", True, None])
def test_a_noise_level_is_above_0_and_at_most_1(wrong: Any) -> None:
    assert Noise("gaussian", 1).level == 1
    with pytest.raises(ConfigError, match=r"noise level is .*; allowed for gaussian: more than 0, at most 1"):
        Noise("gaussian", wrong)


def test_an_unknown_noise_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="unknown noise 'salt'; known: gaussian, salt-pepper"):
        Noise("salt", 0.3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gaussian",
        "gaussian:",
        "gaussian:much",
        "gaussian:0.3:1",
        ":",
        "0.3",
        "gaussian:0-",
        "gaussian:0.1-0.3",
    ],
)
def test_noise_that_is_not_kind_and_level_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match=r"such as gaussian:0\.3"):
        Noise.parse(text)


@pytest.mark.parametrize("text", ["salt:0.3", "gaussian:2", "gaussian:nan", "gaussian:-1", "gaussian:1e999"])
def test_noise_of_a_wrong_kind_or_level_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"known: gaussian|allowed for gaussian: more than 0, at most 1"):
        Noise.parse(text)


@given(levels, st.booleans())
def test_noise_as_text_keeps_its_level_to_the_last_bit(level: float, up_to: bool) -> None:
    assert Noise.parse(str(Noise("gaussian", level, up_to))) == Noise("gaussian", level, up_to)


def test_blur_has_its_level_in_pixels() -> None:
    assert Noise.parse("blur:4").level == 4
    with pytest.raises(ConfigError, match="allowed for blur: more than 0, at most 4"):
        Noise("blur", 4.1)


def test_noise_is_written_as_people_write_it() -> None:
    assert str(Noise("gaussian", 0.3)) == "gaussian:0.3"
    assert str(Noise("gaussian", 0.3, up_to=True)) == "gaussian:0-0.3"


def test_a_noise_that_is_no_noise_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"noise is 'gaussian:0\.3'; it must be a Noise or None"):
        TrainConfig(noise="gaussian:0.3")  # type: ignore[arg-type]


def test_configs_are_frozen_and_can_be_keys() -> None:
    with pytest.raises(FrozenInstanceError):
        TrainConfig().epochs = 3  # type: ignore[misc]
    assert {TrainConfig(): 1}[TrainConfig()] == 1


# ---------------------------------------------------------------- as JSON, and by name


@given(configs)
def test_a_config_comes_back_from_json_as_it_was(config: TrainConfig) -> None:
    again = TrainConfig.from_json(json.loads(json.dumps(config.to_json())))
    assert again == config
    assert again.run_id("f") == config.run_id("f")


def test_settings_that_are_not_given_have_their_defaults() -> None:
    assert TrainConfig.from_json({"latent_size": 8}) == TrainConfig(latent_size=8)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown setting 'latent'"):
        TrainConfig.from_json({"latent": 8})


def assert_config_or_sentence(values: Any) -> None:
    sentence = ""
    try:
        config = TrainConfig.from_json(values)
    except ConfigError as error:
        sentence = str(error)
    assert sentence or json.dumps(config.to_json())
    assert "\n" not in sentence


@given(json_values)
def test_whatever_json_holds_gives_a_config_or_a_sentence(values: Any) -> None:
    assert_config_or_sentence(values)


@given(st.sampled_from(sorted(asdict(TrainConfig()))), json_values)
def test_a_setting_of_any_type_gives_a_config_or_a_sentence(name: str, value: Any) -> None:
    assert_config_or_sentence({name: value})


def test_a_run_id_tells_data_model_latent_size_and_epochs() -> None:
    config = TrainConfig("fashion-mnist", "conv", 16, epochs=5)
    readable, _, family = config.run_id("f").rpartition("-")
    assert readable == "fashion-mnist-conv-k16-e5"
    assert family == config.family("f")
    assert len(family) == 8
    assert set(family) <= set("0123456789abcdef")


def test_the_hash_is_sha256_of_the_settings_in_order_so_that_old_runs_are_found_again() -> None:
    written = (
        '{"batch_size": 128, "dataset": "mnist", "fingerprint": "f00", "latent_size": 32, "layers": 1, '
        '"learning_rate": 0.001, "model": "conv", "noise": "gaussian:0.3", "seed": 0, "stride": 2, '
        '"train_images": null}'
    )
    config = TrainConfig(model="conv", noise=Noise("gaussian", 0.3))
    assert config.family("f00") == hashlib.sha256(written.encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "digits"},
        {"model": "mlp"},
        {"latent_size": 33},
        {"layers": 2},
        {"stride": 1},
        {"batch_size": 127},
        {"learning_rate": 0.0010000001},
        {"decay_epochs": 10},
        {"noise": Noise("gaussian", 0.3)},
        {"train_images": 60_000},
        {"seed": 1},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_hash_covers_every_setting_that_changes_the_result(other: dict[str, Any]) -> None:
    config = TrainConfig(model="conv")
    assert replace(config, **other).family("f") != config.family("f")


def test_the_hash_covers_the_fingerprint_of_the_data() -> None:
    assert TrainConfig().family("f") != TrainConfig().family("g")


def test_noise_levels_that_differ_in_the_ninth_digit_are_two_runs() -> None:
    one, other = (TrainConfig(noise=Noise("gaussian", level)) for level in (0.123456788, 0.123456789))
    assert one.family("f") != other.family("f")


def test_a_longer_run_has_the_hash_of_the_shorter_one_and_another_name() -> None:
    short, long = TrainConfig(epochs=10), TrainConfig(epochs=20)
    assert short.family("f") == long.family("f")
    assert short.run_id("f") != long.run_id("f")


def test_the_stride_is_part_of_a_conv_and_not_of_an_mlp() -> None:
    mlp, conv = TrainConfig(model="mlp"), TrainConfig(model="conv")
    assert replace(mlp, stride=1).run_id("f") == mlp.run_id("f")
    assert replace(conv, stride=1).run_id("f") != conv.run_id("f")


def test_equal_configs_are_one_run() -> None:
    whole = TrainConfig(learning_rate=1, noise=Noise("gaussian", 1))
    broken = TrainConfig(learning_rate=1.0, noise=Noise("gaussian", 1.0))
    assert whole == broken
    assert whole.run_id("f") == broken.run_id("f")


# ---------------------------------------------------------------- a run as far as it has come

PICTURES = Images((1, 1, 1, 1), b"\x07")
RUN = Run(
    run_id="mnist-mlp-k32-e4-00000000",
    config=TrainConfig(epochs=4, batch_size=128),
    fingerprint="f",
    model=ModelInfo((1, 28, 28), (32,), ()),
    n_train_images=300,
    device="cpu",
    versions={},
    x=PICTURES,
    previews=(Preview(0, 0, PICTURES),),
)


def epoch_record(epoch: int, test_loss: float = 0.01, seconds: float = 2.0) -> EpochRecord:
    return EpochRecord(epoch, 0.02, test_loss, seconds, 0.5, 2, PICTURES)


def test_300_images_in_batches_of_128_are_3_steps() -> None:
    assert RUN.steps_per_epoch == 3


def test_a_run_that_has_not_begun_knows_no_figures() -> None:
    assert (RUN.test_mse, RUN.test_psnr_db, RUN.seconds, RUN.images_per_second) == (None, None, 0, 0)
    assert (RUN.done, RUN.finished) == (0, False)


def test_six_steps_of_four_times_three_are_half_of_the_run() -> None:
    run = RUN.after(StepRecord(1, (0.3, 0.2))).after(StepRecord(1, (0.1,))).after(StepRecord(2, (0.1,) * 3))
    assert run.step_losses == (0.3, 0.2, 0.1, 0.1, 0.1, 0.1)
    assert run.done == 0.5


def test_a_frame_in_the_midst_of_an_epoch_is_of_the_last_of_its_steps() -> None:
    run = RUN.after(epoch_record(1)).after(StepRecord(1, (0.3, 0.2, 0.1)))
    frame = Images((1, 1, 1, 1), b"\x09")
    run = run.after(StepRecord(2, (0.2, 0.1), frame))
    assert run.previews[-1] == Preview(5, None, frame)
    assert run.after(StepRecord(2, (0.1,))).previews == run.previews


def test_an_epoch_adds_its_figures_and_its_pictures() -> None:
    run = RUN.after(epoch_record(1, test_loss=0.01))
    assert len(run.epochs) == 1
    assert (run.epochs[0].train_loss, run.epochs[0].test_loss, run.epochs[0].threads) == (0.02, 0.01, 2)
    assert run.previews == (Preview(0, 0, PICTURES), Preview(3, 1, PICTURES))  # its third step is its last
    assert run.test_mse == 0.01
    assert run.test_psnr_db == pytest.approx(20)


def test_two_epochs_of_300_images_in_4_seconds_are_150_images_a_second() -> None:
    run = RUN.after(epoch_record(1, seconds=1.0)).after(epoch_record(2, seconds=3.0))
    assert run.images_per_second == pytest.approx(150)
    assert run.seconds == pytest.approx(1 + 3 + 2 * 0.5)  # their tests too


def test_a_run_is_finished_after_its_last_epoch_and_not_before() -> None:
    run = RUN
    for epoch in range(1, 5):
        assert not run.finished
        run = run.after(epoch_record(epoch))
    assert run.finished


def test_signs_of_life_change_nothing() -> None:
    assert RUN.after(Heartbeat(1, 0.5)) is RUN
    assert RUN.after(Download("mnist", 1, 2)) is RUN


def test_of_a_thousand_epochs_at_most_64_keep_their_pictures_the_first_and_the_last_always() -> None:
    run = RUN
    for epoch in range(1, 1001):
        run = run.after(epoch_record(epoch))
        epochs = [preview.epoch for preview in run.previews if preview.epoch is not None]
        assert len(run.previews) == len(epochs) <= MAX_PREVIEWS == 64
        assert (epochs[0], epochs[-1]) == (0, epoch)
        assert epochs == sorted(set(epochs))
        assert max(b - a for a, b in pairwise(epochs)) <= max(1, epoch / 31)  # nothing long is left out


def test_64_previews_are_all_kept_and_of_65_every_second_goes() -> None:
    previews = tuple(Preview(3 * epoch, epoch, PICTURES) for epoch in range(65))
    assert thinned(previews[:64]) == previews[:64]
    assert [preview.epoch for preview in thinned(previews)] == list(range(0, 65, 2))


def film_of(n_epochs: int, steps_per_epoch: int) -> tuple[Preview, ...]:
    """All frames that a run makes, in their order."""
    steps = {step: None for step in FILM_STEPS if step < n_epochs * steps_per_epoch}
    ends = {epoch * steps_per_epoch: epoch for epoch in range(n_epochs + 1)}
    return tuple(Preview(step, epoch, PICTURES) for step, epoch in sorted((steps | ends).items()))


def test_the_frames_of_the_first_steps_stay_however_long_the_run() -> None:
    frames = film_of(n_epochs=1000, steps_per_epoch=469)
    film = thinned(frames)
    assert len(film) <= MAX_PREVIEWS
    between = [preview.step for preview in film if preview.epoch is None]
    assert between[:9] == [1, 2, 5, 10, 20, 50, 100, 200, 500]
    assert between == [preview.step for preview in frames if preview.epoch is None]
    assert (film[0].step, film[-1].step) == (0, 469_000)
    assert list(film) == sorted(film, key=lambda preview: preview.step)


def test_the_longest_run_has_room_for_frames_of_its_epochs() -> None:
    assert FILM_STEPS[-1] >= MAX_STEPS
    assert len(FILM_STEPS) <= MAX_PREVIEWS // 2


@pytest.mark.parametrize("steps_per_epoch", [1, 3, 469])
def test_previews_do_not_depend_on_where_a_run_was_interrupted(steps_per_epoch: int) -> None:
    """A file holds the thinned previews; the rest of the run is added to them."""
    at_once = one_by_one = tuple[Preview, ...]()
    for preview in film_of(200, steps_per_epoch):
        at_once = thinned((*at_once, preview))
        one_by_one = thinned(thinned((*one_by_one, preview)))
    assert one_by_one == at_once


@pytest.mark.parametrize(("mse", "psnr_db"), [(1, 0), (0.1, 10), (0.01, 20), (0.001, 30), (0, math.inf)])
def test_psnr_is_ten_db_for_each_factor_of_ten(mse: float, psnr_db: float) -> None:
    assert psnr_of_mse(mse) == pytest.approx(psnr_db)


def test_a_download_of_unknown_size_is_not_done_and_one_that_exceeds_its_size_is() -> None:
    assert Download("mnist", 5, 0).done == 0
    assert Download("mnist", 5, 10).done == 0.5
    assert Download("mnist", 11, 10).done == 1


def test_a_job_is_active_while_it_waits_or_runs() -> None:
    assert {state for state in State if state.active} == {State.QUEUED, State.RUNNING}


def test_a_config_error_is_an_expected_failure() -> None:
    assert issubclass(ConfigError, AutoencError)
