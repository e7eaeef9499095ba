"""Ports to listen on, outside the kernel's range of ephemeral ports, of which 10,000 clients use many."""

import itertools
import os
import socket

#: BENCH_PORTS=first-last sets another range.
FIRST, _, LAST = os.environ.get("BENCH_PORTS", "7300-7399").partition("-")
_turn = itertools.cycle(range(int(FIRST), int(LAST) + 1))


def free():
    """The next free port; a different one each time, so that no run meets the sockets of an earlier run."""
    for _ in range(int(FIRST), int(LAST) + 1):
        port = next(_turn)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port in {FIRST}-{LAST}; set another range with BENCH_PORTS=first-last")
