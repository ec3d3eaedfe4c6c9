"""The browser's history: a page is one entry."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import streamlit as st

from ui import registry
from ui.core import links

# Streamlit makes an entry of the browser's history of every change of the address: a setting, and the address
# that a page writes when it is opened, would each need a press of Back. Here a page is one entry. On a busy
# machine the address of a page may come a moment before the page itself: then the entry that is left has the
# address of the next, and is given its own back.
_ONE_ENTRY_A_PAGE = """
if (!history.autoencPush) {
  const push = (history.autoencPush = history.pushState);
  history.pushState = function (state, title, url) {
    const { pathname, search } = new URL(url, location);
    const same = pathname === location.pathname;
    const { was, at } = history.autoencReplaced ?? {};
    if (same) history.autoencReplaced = { was: location.href, at: performance.now() };
    else if (search && search === location.search && performance.now() - at < 5000)
      history.replaceState(history.state, "", was);
    return (same ? history.replaceState : push).call(history, state, title, url);
  };
}
"""


def keep_history() -> None:
    """At the end of a run of the script, once the page has been drawn: let Back go from page to page.

    The first time, the script that the browser is given writes the address too: by Streamlit's own way the
    browser would hear of it before it has the script.
    """
    script, page = _ONE_ENTRY_A_PAGE, links.page_shown()
    if page and not links.HAS_SCRIPT.get():
        links.HAS_SCRIPT.put(True)
        path, query = f"/{registry.path(page)}", urlencode(links.written())
        address = json.dumps(f"?{query}" if query else "")
        script += f"""
if (("/" + location.pathname).endsWith("{path}"))
  history.replaceState(history.state, "", location.pathname + {address});
"""
    st.html(f"<i hidden></i><script>{script}</script>", unsafe_allow_javascript=True)
