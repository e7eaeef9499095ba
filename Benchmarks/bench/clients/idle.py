"""Clients that have logged in and then stay idle."""

import contextlib
import resource
import socket

from support.wire import startup

from .. import database
from .pgbench import LoadFailed

#: The number of concurrent log-ins.
BATCH = 64
READY = b"Z\0\0\0\5I"


@contextlib.contextmanager
def clients(address, count):
    """Keeps `count` trusted clients logged in for the duration of the block."""
    greeting = startup(user=database.USER, database=database.NAME)
    sockets = []
    try:
        while len(sockets) < count:
            batch = []
            for _ in range(min(BATCH, count - len(sockets))):
                batch.append(socket.create_connection(address, timeout=30))
                sockets.append(batch[-1])
                batch[-1].sendall(greeting)
            for client in batch:
                await_ready(client)
        yield sockets
    finally:
        for client in sockets:
            client.close()


def await_ready(client):
    received = b""
    while not received.endswith(READY):
        try:
            chunk = client.recv(65536)
        except OSError as error:
            raise LoadFailed(f"an idle client could not log in: {error}") from error
        if not chunk:
            raise LoadFailed(f"an idle client was rejected: {received[-200:]!r}")
        received += chunk


def raise_file_limit(wanted):
    """Raises the limit of open files for this process and its children.

    Raises PermissionError with a remedy if that is not permitted.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
    except (ValueError, PermissionError) as error:
        raise PermissionError(f"{wanted:,} open files are needed and the limit is {soft} (hard: {hard}): "
                              "ulimit -n, or fewer clients with --idle") from error
