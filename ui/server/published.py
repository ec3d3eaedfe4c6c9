"""An installed dashboard serves what it publishes from the cache folder of the user: its own is only read."""

from __future__ import annotations

from starlette.routing import BaseRoute
from streamlit import config
from streamlit.web.server.starlette.starlette_routes import create_app_static_serving_routes

from autoenc.places import is_installed
from ui.components import STATIC


def routes() -> list[BaseRoute]:
    """What is asked before Streamlit's own routes; nothing in the project, whose folder Streamlit serves.

    They are made as Streamlit makes its own, so that the answers are the same in both places: it serves the
    folder `static` beside any script that it is given.
    """
    if not is_installed():
        return []
    base = config.get_option("server.baseUrlPath")
    return create_app_static_serving_routes(str(STATIC.parent / "dashboard.py"), base)
