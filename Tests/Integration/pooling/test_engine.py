"""io_engine: which engine the workers run on, also where io_uring may not be used, as in most containers."""

import ctypes
import errno
import struct

import pytest

from support.pooler import Pooler

pytestmark = pytest.mark.weir


class Program(ctypes.Structure):
    """The kernel's struct sock_fprog."""
    _fields_ = [("count", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def forbid(call):
    """This process gets EPERM for a system call from now on, as in Docker: load its number, compare, refuse, allow."""
    lines = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7fff0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = Program(len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP with SECCOMP_MODE_FILTER
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


#: The same on every processor.
SETUP, REGISTER = 425, 427


class WithoutIoUring(Pooler):
    """Weir where a system call of io_uring is forbidden."""

    forbidden = SETUP

    def popen_options(self):
        return {**super().popen_options(), "preexec_fn": lambda: forbid(self.forbidden)}


class WithoutRegistering(WithoutIoUring):
    forbidden = REGISTER


def is_io_uring_allowed():
    """Whether the kernel would make a ring: it reports the missing address only when it would."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(SETUP, 1, None)
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


@pytest.mark.parametrize("kind", [WithoutIoUring, WithoutRegistering])
def test_epoll_takes_the_place_of_a_forbidden_io_uring_and_the_log_says_so(postgres, kind):
    pooler = kind(postgres, workers=2, io_engine="auto")
    try:
        pooler.logged(r"LOG io_uring cannot be used here \(.*\), using epoll")
        pooler.logged(r"process up: .*2 workers \(epoll\)")
        assert pooler.login().value("select 42") == "42"
    finally:
        pooler.remove()


def test_an_io_uring_that_is_asked_for_and_forbidden_is_an_error(postgres):
    pooler = WithoutIoUring(postgres, wait=False, io_engine="io_uring")
    try:
        assert pooler.ends() == 1
        assert "io_engine = io_uring, but io_uring cannot be used here: io_uring_setup: " in pooler.said()
    finally:
        pooler.remove()
