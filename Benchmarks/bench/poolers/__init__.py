"""The poolers, with one file each to find, configure and start it."""

from .direct import Direct
from .floor import Floor
from .odyssey import Odyssey
from .pgagroal import Pgagroal
from .pgbouncer import PgBouncer
from .pgpool import Pgpool
from .weir import Weir


def all_poolers():
    """Every supported pooler, in the order of tables and charts."""
    return [
        Weir("weir-io_uring", engine="io_uring"), Weir("weir-epoll", engine="epoll"),
        Weir("weir-2-workers", engine="auto", workers=2),
        PgBouncer("pgbouncer"), PgBouncer("pgbouncer-system", system=True),
        Odyssey(), Pgagroal(), Pgpool(),
        Floor("floor-io_uring", engine="io_uring"), Floor("floor-epoll", engine="epoll"),
        Direct()]
