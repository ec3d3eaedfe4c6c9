"""What stands between the network and the pages: requests are looked at before Streamlit sees them.

request.py    who sends a request, as far as its connection and its headers tell
addresses.py  those that lead elsewhere: a slash too many or too few, a page that has another address now
files.py      how many files and connections this process may have open
visits.py     how many pages one address, and all together, may have open
messages.py   what a page may say once it is open
delivery.py   what a page is sent, in order
published.py  an installed dashboard serves what it publishes from the user's cache folder
caching.py    what a browser fetches once, and not with every page
first_paint.py  the page comes with our style in it, and with the script that bundles messages
uploads.py    how much a visitor may upload
downloads.py  an export outlives the reruns after its button was pressed
start.py      what is done once, before the first visitor
"""

from starlette.middleware import Middleware

from ui.server.addresses import Addresses
from ui.server.caching import Caching
from ui.server.first_paint import FirstPaint
from ui.server.published import routes
from ui.server.start import lifespan_after
from ui.server.uploads import Uploads
from ui.server.visits import Visits

MIDDLEWARE = tuple(Middleware(part) for part in (Addresses, Visits, Uploads, Caching, FirstPaint))

__all__ = ["MIDDLEWARE", "lifespan_after", "routes"]
