"""The page Sweep with several seeds, and with what only the command line can ask for."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from autoenc import datasets, sweeps
from autoenc.jobs import TrainJob
from autoenc.schema import Noise, Sweep, TrainConfig
from autoenc.sweeps import SavedSweep
from tests.visits import opened, swept, texts, until

BASE = TrainConfig("digits", epochs=1, train_images=200)


def saved(sweep: Sweep, *, trained: bool = False) -> SavedSweep:
    """As the command line leaves it."""
    fingerprint = datasets.load("digits").fingerprint
    configs = sweep.configs()
    one = SavedSweep(sweep, fingerprint, tuple(c.run_id(fingerprint) for c in configs), wanted=False)
    sweeps.save(one)
    if trained:
        for config in configs:
            for _ in TrainJob(config, "cpu").run():
                pass
    return one


def form_sweep_of(app: AppTest) -> dict[str, str]:
    """What its address says of the form."""
    return {name: value for name, value in app.query_params.items() if name not in ("sweep", "point")}


def test_several_seeds_are_runs_of_their_own_from_the_seed_of_the_form_on() -> None:
    app = swept(latent_sizes="2,3", epochs="1", train_images="200", seed="4")
    assert app.number_input(key="n_seeds").value == 1
    assert "seeds" not in app.query_params
    app.number_input(key="n_seeds").set_value(3).run()
    assert "**6** runs" in texts(app)
    assert app.query_params["seeds"] == "4,5,6"
    app.button(key="sweep-start").click().run()
    app = until(app, "6 of 6 done")
    sweep = sweeps.find(app.query_params["sweep"])
    assert sweep is not None
    assert sweep.sweep.seeds == (4, 5, 6)
    assert "2 sizes from 2 to 3, 3 seeds, 1 epoch" in texts(app)
    means, single = (frame.value for frame in app.dataframe)
    assert means["Seeds"].tolist() == [3, 3]
    assert means["Latent size"].tolist() == [2, 3]
    assert single["Seed"].tolist().count(5) == 2
    of_2 = single[single["Latent size"] == 2]["Test loss"]
    assert means["Test loss"][0] == pytest.approx(of_2.mean())
    assert means["±"][0] == pytest.approx(of_2.std())
    assert "on average over 3 seeds" in texts(app)


def test_an_address_with_seeds_opens_their_number_elsewhere() -> None:
    app = opened("sweep", dataset="digits", models="mlp", latent_sizes="2", seeds="7,8")
    assert app.number_input(key="n_seeds").value == 2
    assert app.number_input(key="seed").value == 7
    assert "**2** runs" in texts(app)
    assert app.query_params["seeds"] == "7,8"


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"seeds": "0,x"}, "seed 'x' is not a whole number"),
        ({"seeds": "1,1"}, "seed 1 is given twice"),
        ({"seeds": "-1,0"}, "seed is -1; allowed: 0 to"),
        ({"learning_rates": "0.1,much"}, "learning rate is 'much'; it must be a number"),
        ({"learning_rates": "0.1,0.10"}, "name a value twice"),
        ({"epochs": "2,x"}, "epochs is 'x'; it must be a number"),
        ({"epochs": "none,0"}, "epochs is 'none'"),
    ],
)
def test_nonsense_in_the_lists_of_an_address_is_named(link: dict[str, str], sentence: str) -> None:
    app = swept(**link)
    assert not app.exception
    assert sentence in texts(app).replace("\\", "")
    assert not app.button(key="sweep-start").disabled


GRIDS = {
    "rates and seeds": Sweep(BASE, ("mlp",), (2, 3), learning_rates=(0.00012, 0.003), seeds=(0, 5, 9)),
    "epochs that the rate decays over": Sweep(
        TrainConfig("digits", epochs=1, decay_epochs=1), ("mlp", "conv"), (2,), epochs=(2, 3), strides=(1, 2)
    ),
    "with and without": Sweep(
        BASE,
        ("mlp",),
        (2,),
        noises=(None, Noise("gaussian", 0.3)),
        train_images=(None, 300),
        decay_epochs=(None, 1),
        rate_weights=(None, 0.04),
    ),
    "betas and batches": Sweep(BASE, ("mlp", "vae"), (2,), betas=(0.5, 2.0), batch_sizes=(50, 100)),
}


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_of_the_command_line_opens_with_all_its_lists_and_its_address_opens_the_same(
    name: str,
) -> None:
    one = saved(GRIDS[name])
    app = opened("sweep", sweep=one.sweep_id)
    assert not app.exception
    assert not [button for button in app.button if button.key == "take-sweep"], "the form is this sweep"
    other = opened("sweep", **form_sweep_of(app))
    assert not other.exception
    assert form_sweep_of(other) == form_sweep_of(app)
    assert f"**{len(one.run_ids):,}** runs" in texts(other)
    again = opened("sweep", **form_sweep_of(app), sweep=one.sweep_id)
    assert not [button for button in again.button if button.key == "take-sweep"], "the address is this sweep"


def test_the_settings_of_a_grid_are_copied_with_its_lists_and_a_list_is_emptied_by_hand() -> None:
    one = saved(GRIDS["rates and seeds"])
    app = opened("sweep", sweep=one.sweep_id, dataset="digits", latent_sizes="4", models="mlp")
    assert "seeds" not in app.query_params
    app.button(key="take-sweep").click().run()
    assert app.multiselect(key="list_learning_rates").value == ["0.00012", "0.003"]
    assert app.multiselect(key="list_seeds").value == ["0", "5", "9"]
    assert app.query_params["learning_rates"] == "0.00012,0.003"
    app.multiselect(key="list_learning_rates").set_value([]).run()
    assert "learning_rates" not in app.query_params
    assert "**6** runs" in texts(app)
    assert not [one for one in app.run().multiselect if one.key == "list_learning_rates"]


def test_a_grid_of_one_size_is_drawn_against_its_setting_and_the_best_run_is_named() -> None:
    one = saved(Sweep(BASE, ("mlp",), (4,), learning_rates=(0.0001, 0.01)), trained=True)
    app = opened("sweep", sweep=one.sweep_id)
    assert not app.exception
    shown = texts(app).replace("\\", "")
    assert "**Test loss by learning rate**" in shown
    assert "The same test images at every learning rate" in shown
    table = app.dataframe[0].value
    assert table["Learning rate"].tolist() == [0.0001, 0.01]
    best = table["Learning rate"][table["Test loss"].idxmin()]
    assert f"MLP with 4 numbers is best with learning rate {best} (" in shown
    (link,) = (one.proto for one in app.get("page_link") if "Best run" in one.proto.label)
    assert f"Best run: MLP 4, learning rate {best}: " in link.label
