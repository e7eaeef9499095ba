"""Waiting for a state instead of sleeping: check again until it holds, with a deadline that only a fault reaches."""

import os
import random
import socket
import time

#: Seconds after which a test gives up waiting. Many times what a busy machine needs.
DEADLINE = float(os.environ.get("WEIR_TEST_DEADLINE", "60"))


def eventually(question, what="the expected state", deadline=DEADLINE):
    """The first true answer to `question()`; fails after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"never saw {what} in {deadline} s; last answer: {answer!r}")
        time.sleep(0.02)


_used_ports = set()


def free_port():
    """A TCP port that no program listens on.

    It is below the range from which the kernel takes ports for outgoing connections: otherwise a client of another test
    could get it before the server that it is for.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first_outgoing = int(file.read().split()[0])
    while True:
        port = random.randrange(10_000, first_outgoing) if first_outgoing > 12_000 else 0
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            port = probe.getsockname()[1]
        if port not in _used_ports:
            _used_ports.add(port)
            return port
