"""The address may hold anything: each part of it is a setting that is allowed, or one sentence in plain text.

The properties run inside one page under AppTest, thousands of addresses in one go: `st.query_params` and
`st.session_state` are the real ones.
"""

import re
import string
from collections.abc import Mapping
from contextlib import suppress

import pytest
import streamlit as st
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from autoenc import checkpoints, datasets
from autoenc.errors import CheckpointError
from autoenc.jobs import stored_run
from autoenc.schema import MODELS, OPTIONAL, Noise, TrainConfig
from ui.core import pages
from ui.core.text import plain
from ui.train.settings import TRAIN
from ui.widgets import training_settings

NAMES = tuple(TrainConfig().to_json())
ODD = (
    *("", " ", "0", "-0", "-1", "+5", "1e9", "1e400", "-1e400", "1e-400", "nan", "NaN", "inf", "-inf"),
    *("0x10", "5.0", "1_000", " 7 ", "\t7\n", "٧", "７", "𝟝", "9" * 100, "9" * 5000, "-" + "9" * 5000),
    *("True", "None", "null", "\0", "\x1b[2J", "\n", "\r\n\r\n", "a\u202eb", "\ufeff", "é", "\U0001f600"),
    *("%00", "%", "&", "=", "a=b", "'", '"', "\\", "\\*", "&lt;", "*", "$HOME", "`id`", "{0}", "%s"),
    *("../../etc/passwd", "/etc/passwd", "..\\x", "mnist/", "~", "C:", "con"),
    *("<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://x)", "**bold**", "# head"),
    *(":smile:", ":red[x]", "$x^2$", "$$x$$", ":material/delete:", "a|b", "> q", "- l", "1. l"),
    *(*datasets.names(), *MODELS, "gaussian", "gaussian:", "gaussian:0", "gaussian:-0", "gaussian:0.3"),
    *("gaussian:1e400", "gaussian:nan", "gaussian:0.3:0.3", ":0.3", "none", "None:0.3", "GAUSSIAN:0.3"),
)
# All that a browser can send: any character but lone surrogates.
text = some.one_of(
    some.sampled_from(ODD),
    some.text(some.characters(codec="utf-8"), max_size=60),
    some.text(string.punctuation + string.whitespace, max_size=20),
    some.integers().map(str),
    some.integers(-2, 12_000).map(str),
    some.floats().map(str),
    some.floats(0, 1).map(lambda level: f"gaussian:{level}"),
)
# Streamlit keeps the names that begin with `embed` for itself; `run` has a property of its own.
name = some.one_of(
    some.sampled_from(NAMES),
    some.sampled_from(NAMES),
    text.filter(lambda name: name and name != "run" and not name.lower().startswith("embed")),
)
address = some.dictionaries(name, some.one_of(text, some.lists(text, min_size=1, max_size=3)), max_size=6)
thoroughly = settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(query: Mapping[str, str | list[str]]) -> tuple[str, ...]:
    """What a new visitor with this address reads."""
    for key in list(st.session_state):
        del st.session_state[key]
    st.session_state["history"] = True  # not the first run of the script
    st.query_params.from_dict(query)
    return pages.open_page("train", TRAIN)


def check_sentence(sentence: str) -> None:
    assert sentence
    assert sentence.isprintable(), repr(sentence)  # one line, and nothing turns it around
    assert len(sentence) < 300
    check_plain(sentence)


def check_plain(sentence: str) -> None:
    """Markdown reads a backslash and punctuation as that character; none that it obeys may stand bare.

    Addresses become links by themselves, unless an invisible word joiner stands in them.
    """
    shown = plain(sentence)
    joined = re.sub(rf"\\([{re.escape(string.punctuation)}])", r"\1", shown)
    assert joined.replace("\u2060", "") == sentence.replace("\u2060", "")
    assert not re.search(r"://|@\w|www\.", joined, re.IGNORECASE)
    bare = re.sub(rf"\\[{re.escape(string.punctuation)}]", "", shown)
    assert not set(bare) & set(r"\`*_{}[]()<>#+-!|$~:&")


def is_taken(name: str) -> bool:
    """Noise has several widgets."""
    return ("noise_kind" if name == "noise" else name) in st.session_state


@thoroughly
@given(query=address)
@example(query=dict.fromkeys(NAMES, ""))
@example(query={"latent_size": ["5", "x"]})
@example(query={f"x{i}": "<b>" for i in range(100)})
def each_part_is_taken_or_told(query: dict[str, str | list[str]]) -> None:
    sentences = opened(query)
    for sentence in sentences:
        check_sentence(sentence)
    taken = [name for name in query if name in NAMES and is_taken(name)]
    assert len(taken) + len(sentences) == len(query)
    for name in taken:
        assert training_settings.config_of({name: training_settings.settings()[name]})
    assert pages.open_page("train", TRAIN) == sentences  # the same at every rerun

    config = training_settings.config_of(training_settings.settings())
    pages.write_address()
    written = st.query_params.to_dict()
    assert set(written) <= {*NAMES}
    assert opened(written) == ()
    assert training_settings.config_of(training_settings.settings()) == config


@thoroughly
@given(name=some.sampled_from(NAMES), value=text)
def a_setting_is_what_the_schema_allows(name: str, value: str) -> None:
    """The same text through `TrainConfig` itself: what it refuses, the page refuses, and nothing else."""
    warnings = opened({name: value})
    allowed: object = None
    with suppress(ValueError):  # ConfigError is one
        if name == "noise":
            allowed = TrainConfig(noise=Noise.parse(value)).noise
        elif name == "dataset":
            allowed = value if value in datasets.names() else None
        elif name == "model":
            allowed = value if value in MODELS else None
        else:
            number = float(value) if name in ("learning_rate", "rate_weight") else int(value)
            missing = name in OPTIONAL and number == 0  # how its widget holds None
            TrainConfig(**{name: None if missing else number})  # type: ignore[arg-type]
            allowed = number
    if allowed is None:
        assert len(warnings) == 1
        assert not is_taken(name)
    else:
        assert warnings == ()
        assert training_settings.settings()[name] == allowed


PROPERTIES = {
    "each part is taken or told": each_part_is_taken_or_told,
    "a setting is what the schema allows": a_setting_is_what_the_schema_allows,
}


def page(name: str) -> None:
    from tests import test_train_link

    test_train_link.PROPERTIES[name]()


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_stands_in_an_address(name: str) -> None:
    app = AppTest.from_function(page, default_timeout=120, args=(name,)).run()
    assert not app.exception, app.exception[0].message


@thoroughly
@given(run_id=text)
def test_any_text_for_a_run_is_unknown_in_one_sentence(run_id: str) -> None:
    """No folder of runs is there: whatever is found was found elsewhere."""
    try:
        assert stored_run(run_id) is None
        assert checkpoints.path_of(run_id).parent == checkpoints.folder()
    except CheckpointError as error:
        check_sentence(str(error))


@thoroughly
@given(sentence=some.one_of(text, some.text(some.characters(codec="utf-8"))))
def test_plain_text_has_no_markup(sentence: str) -> None:
    check_plain(sentence)
