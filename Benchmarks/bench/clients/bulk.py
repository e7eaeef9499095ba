"""Large transfers. The client does as little as possible: only the pooler's cost is measured."""

import contextlib

from support.wire import PeerError, fields_of, message, query

from .pgbench import LoadFailed

READY = b"Z\0\0\0\5I"
#: One CopyData message as psql sends it, and the number of them in a transfer of about 100 MB.
COPY_MESSAGE = message("d", (b"0123456789" * 10 + b"\n") * 81)
COPY_MESSAGES = 12_000
#: Messages per send call.
BURST = 64


def receive(client, sql):
    """Runs a query and discards its answer; returns the number of bytes."""
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
        # No text that is sent contains a zero byte, so the end is unambiguous.
        tail = (tail + bytes(buffer[max(0, count - len(READY)):count]))[-len(READY):]
    return total


def send(client, sql):
    """Copies about 100 MB into a table; returns the number of bytes sent."""
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
    """Truncates the copied table before and after."""
    base.command("truncate copied")
    yield
    base.command("truncate copied")


def login(running):
    """Logs in a client of the bulk cells, which has no time limit."""
    client = running.login()
    client.socket.settimeout(120)
    return client
