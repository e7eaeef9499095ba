"""The poolers: one file each, which knows how to find it, configure it and start it."""

from .direct import Direct
from .floor import Floor
from .odyssey import Odyssey
from .pgagroal import Pgagroal
from .pgbouncer import PgBouncer
from .pgpool import Pgpool
from .weir import Weir


def all_of_them():
    """Every pooler this benchmark knows, in the order in which tables and charts show them."""
    return [
        Weir("weir-io_uring", engine="io_uring"), Weir("weir-epoll", engine="epoll"),
        Weir("weir-2-workers", engine="auto", workers=2),
        PgBouncer("pgbouncer"), PgBouncer("pgbouncer-system", system=True),
        Odyssey(), Pgagroal(), Pgpool(),
        Floor("floor-io_uring", engine="io_uring"), Floor("floor-epoll", engine="epoll"),
        Direct()]
