"""Which engine the workers run on, and how one is told."""

import ctypes
import errno

import pytest

pytestmark = pytest.mark.weir


def is_io_uring_allowed():
    """Whether the kernel would make a ring: it complains of our missing address only when it would."""
    libc = ctypes.CDLL(None, use_errno=True)
    io_uring_setup = 425
    libc.syscall(io_uring_setup, 1, None)
    return ctypes.get_errno() == errno.EFAULT


@pytest.mark.parametrize("wanted, expected", [
    ("epoll", "epoll"),
    ("auto", "io_uring" if is_io_uring_allowed() else "epoll"),
])
def test_the_log_says_which(start_pooler, wanted, expected):
    pooler = start_pooler(io_engine=wanted)
    assert pooler.logged(r"process up: .* workers \((\w+)\)").group(1) == expected
    assert pooler.login().value("select 'through'") == "through"


def test_an_unknown_engine_is_refused(start_pooler):
    pooler = start_pooler(io_engine="kqueue", wait=False)
    assert pooler.ends() != 0
    assert 'invalid value "kqueue" for parameter io_engine' in pooler.said()
    assert "expected one of auto, io_uring, epoll" in pooler.said()
