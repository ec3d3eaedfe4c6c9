"""What stands in the address of Train."""

from __future__ import annotations

from ui.core import links
from ui.core.links import Address
from ui.core.workspace import separate
from ui.run.selection import SHOWN_RUN, VIEW
from ui.widgets.training_settings import SETTINGS, setting

_PARAMS = (setting("dataset"), SHOWN_RUN, *(setting(name) for name in SETTINGS if name != "dataset"), *VIEW)
TRAIN = Address(_PARAMS)
separate(*(value for param in _PARAMS for value in param.values))


def link_to_train() -> dict[str, str] | None:
    """The settings and the run in an address without a page, as links had them before there were pages."""
    return links.passed_on(_PARAMS)
