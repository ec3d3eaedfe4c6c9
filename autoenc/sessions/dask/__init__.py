"""Background jobs on Dask workers; the only place that imports Dask.

cluster.py   the embedded cluster: loopback only, behind its own certificates
worker.py    what happens in a worker's process
driver.py    what happens in the dashboard's: the queue, what is known of each job, what a dead worker means
"""

from autoenc.sessions.dask.driver import DaskSessions

__all__ = ["DaskSessions"]
