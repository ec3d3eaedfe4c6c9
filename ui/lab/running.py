"""Before the click: what is missing and how long it takes; after it: what runs now, what is left, Stop."""

from __future__ import annotations

import streamlit as st

from autoenc.captions import configs
from autoenc.experiments import LabNow, StepNow
from autoenc.jobs import TrainJob
from autoenc.numerals import counted, listed
from ui.app import errors, layout
from ui.components.accessibility import announce
from ui.core import labs, sessions
from ui.core.text import plain
from ui.widgets import offers

MAX_BARS = 4  # of what runs now
MAX_FAILURES = 2  # that are said one by one


def panel(latest: LabNow) -> None:
    """At the foot of the settings."""
    with layout.before_the_click(), errors.shown():
        _failures(latest)
        if latest.unprepared:
            names = listed([info.short_title for info in latest.unprepared])
            st.caption(f"Preparing images of {plain(names)} (first time only)")
        if labs.is_wanted(latest.lab):
            _under_way(latest)
        elif latest.left:
            _offer(latest)
        else:
            st.markdown(f":material/check_circle: All done: {latest.progress}.")
        _announce(latest)


def _offer(latest: LabNow) -> None:
    n, begun = len(latest.left), len(latest.left) < len(latest.steps)
    st.markdown(f"{counted(n, 'step')} missing of {len(latest.steps)}" if begun else counted(n, "step"))
    offers.time(labs.expected(latest))
    label = "Go on" if labs.was_begun(latest.lab) and begun else "Run what is missing"
    if st.button(label, type="primary", icon=":material/play_arrow:", width="stretch", key="lab-run"):
        labs.begin(latest)
        layout.fold()
        st.rerun()


def _under_way(latest: LabNow) -> None:
    forecast = labs.expected(latest)
    left = f", {forecast.text} left" if forecast is not None and latest.left else ""
    n_done = len(latest.steps) - len(latest.left)
    done = sum(step.done for step in latest.steps) / max(1, len(latest.steps))
    st.progress(min(1.0, done), f"{n_done} of {len(latest.steps)} steps done{left}")
    running = [step for step in latest.active if step.state is not None and step.state.name == "RUNNING"]
    for step in running[:MAX_BARS]:
        st.progress(min(1.0, step.done), plain(name_of(step)))
    if not running and latest.left:
        st.caption("Starting the next steps…")
    if (crowding := sessions.crowded()) != "":
        st.caption(plain(crowding))
    if not labs.may_stop(latest.lab):
        st.caption("Somebody else started it; only they and the teacher can stop it.")
    elif st.button("Stop", icon=":material/stop:", width="stretch", key="lab-stop"):
        labs.stop(latest)
        st.rerun()


def name_of(step: StepNow) -> str:
    """`Train MLP 32`, or what its job is called."""
    if isinstance(step.job, TrainJob):
        return f"Train {configs.short(step.job.config)}, {counted(step.job.config.epochs, 'epoch')}"
    return step.job.title if step.job is not None else step.step.title


def _failures(latest: LabNow) -> None:
    reasons = list(dict.fromkeys(text for one in latest.experiments for text in one.failures if text))
    for reason in reasons[:MAX_FAILURES]:
        st.error(plain(f"{reason.rstrip('.')}."), icon=":material/error:")
    if len(reasons) > MAX_FAILURES:
        st.error(f"{counted(len(reasons) - MAX_FAILURES, 'more reason')} why steps failed.")


def _announce(latest: LabNow) -> None:
    """Start and end, and failures; not each step that is done."""
    wanted = labs.is_wanted(latest.lab)
    moment = "running" if wanted else "finished" if latest.is_done else "stopped"
    verb = "started" if wanted else moment
    sentence = f"{latest.lab.size.title} lab {verb}. {latest.progress} are done."
    announce("lab", latest.lab.lab_id, moment, sentence, active=wanted)
    failures = [text for one in latest.experiments for text in one.failures if text]
    sentence = f"A step of the lab failed: {failures[0]}" if failures else ""
    announce("failed-step", latest.lab.lab_id, str(len(set(failures))), sentence, urgent=True)
