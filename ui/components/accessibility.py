"""What a page has for those who hear it or use it by keyboard: a way past the navigation, spoken news.

The way and the regions of the news belong to the document: a screen reader speaks only of what changes in a
region that was there before, and pages come and go.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.components import fetched, inline

_mount = st.components.v2.component(
    "accessibility",
    js=fetched("accessibility", "accessibility.js", seen=False),
    css=inline("accessibility.css"),
    isolate_styles=False,  # it puts a link before the page, and regions behind it
)
# In every message, and therefore short: the script above takes what has been put there, now or when it comes.
# On two lines, or Streamlit takes it for the name of a file.
_PUT = "export default ({ data }) => {\n (window.autoencNews ??= []).push(data); };"
_announce = st.components.v2.component("announce", js=_PUT)


def skip_link(targets: Sequence[str]) -> None:
    """A link before the navigation to the main action of the page, and the regions of `announce`.

    Args:
        targets: keys of widgets or containers: the first that is there and can be used gets the focus; where
            none can, the heading of the page.
    """
    _mount(key="accessibility", data={"targets": list(targets)})


def announce(
    key: str, subject: str, moment: str, sentence: str, *, active: bool = False, urgent: bool = False
) -> None:
    """Have a sentence spoken, once, when this subject has come to another moment; nothing is seen of it.

    Args:
        key: of the place, which speaks of one subject at a time.
        subject: a run, a sweep.
        moment: where it is: another one is news. What nobody here has seen before is news only if active.
        urgent: interrupts what is being read.
    """
    data = {"key": key, "subject": subject, "moment": moment, "sentence": sentence}
    _announce(key=f"news-{key}", data={**data, "active": active, "urgent": urgent})
