"""Waiting for facts instead of sleeping: ask again until it is so, with a deadline that is only met in failure."""

import os
import socket
import time

#: Seconds after which something that should happen is said not to happen.
DEADLINE = float(os.environ.get("WEIR_TEST_DEADLINE", "20"))


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


def free_port():
    """A TCP port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
