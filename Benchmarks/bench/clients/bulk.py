"""Large transfers. The client does as little as it can: only what the pooler spends is measured."""

import contextlib

from support.wire import PeerError, fields_of, message, query

from .pgbench import LoadFailed

READY = b"Z\0\0\0\5I"
#: One CopyData message as psql sends them, and how many make one transfer of about 100 MB.
COPY_MESSAGE = message("d", (b"0123456789" * 10 + b"\n") * 81)
COPY_MESSAGES = 12_000
#: Messages handed to the kernel at once.
BURST = 64


def receive(client, sql):
    """Runs a query and throws its answer away; returns how many bytes it was."""
    client.send(query(sql))
    buffer = memoryview(bytearray(1 << 20))
    total, tail = 0, b""
    while not tail.endswith(READY):
        count = client.socket.recv_into(buffer)
        if count == 0:
            raise LoadFailed("the connection ended in the middle of the transfer")
        if total == 0 and buffer[0] == ord("E"):
            raise LoadFailed(str(PeerError(fields_of(bytes(buffer[5:count])))))
        total += count
        # No text that is sent has a zero byte, so the end cannot be mistaken.
        tail = (tail + bytes(buffer[max(0, count - len(READY)):count]))[-len(READY):]
    return total


def send(client, sql):
    """Copies about 100 MB into a table; returns how many bytes were sent."""
    client.send(query(sql))
    tag, body = client.read()
    if tag != "G":
        raise LoadFailed(str(PeerError(fields_of(body))) if tag == "E" else f"no CopyInResponse but {tag}")
    burst = COPY_MESSAGE * BURST
    for _ in range(COPY_MESSAGES // BURST):
        client.socket.sendall(burst)
    client.send(message("c"))
    answer = client.answer()
    if answer.errors:
        raise LoadFailed(str(answer.errors[0]))
    return len(burst) * (COPY_MESSAGES // BURST)


@contextlib.contextmanager
def emptied(base):
    """The table that is copied into, empty before and after."""
    base.command("truncate copied")
    yield
    base.command("truncate copied")


def login(running):
    """A client of the bulk cells: it waits for as long as PostgreSQL needs."""
    client = running.login()
    client.socket.settimeout(120)
    return client
