"""Servers and clients that send without end before they are logged in: what they may make the pooler hold is bounded."""

import contextlib
import re
import socket
import struct
import threading
import time

import pytest

from support.process import Pgbench, memory, report
from support.waiting import eventually
from support.wire import message, query, startup

OK = message("R", struct.pack("!i", 0))
READY = message("Z", b"I")
KEY = message("K", struct.pack("!ii", 4711, 12345))
STATUS = message("S", b"some_parameter\0" + b"x" * 1000 + b"\0")
NOTICE = message("N", b"SNOTICE\0VNOTICE\0C00000\0M" + b"x" * 1000 + b"\0\0")
ROW = message("T", struct.pack("!h", 1) + b"n\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0)) + \
    message("D", struct.pack("!hi", 1, 1000) + b"x" * 1000) * 20

#: What is sent first, what is sent without end, and the log line that ends it.
STAGES = {
    "parameters": (OK, STATUS, "closing because: server sent too many parameters"),
    "notices before authentication": (b"", NOTICE, "closing because: server sent too much before it was ready"),
    "notices after authentication": (OK, NOTICE, "closing because: server sent too much before it was ready"),
    "versions": (b"", message("v", struct.pack("!ii", 3 << 16, 0)),
                 "closing because: server sent too much before it was ready"),
    "authentication requests": (b"", message("R", struct.pack("!i", 5) + b"salt"),
                                "closing because: authentication request out of turn"),
    "cancel keys": (OK, message("K", b"k" * 261), "closing because: broken BackendKeyData packet"),
    "one parameter without end": (OK + b"S\x7f\xff\xff\xff", b"x" * 1000, "closing because: bad packet"),
    "one error without end": (b"E\x7f\xff\xff\xff", b"x" * 1000, "closing because: bad packet"),
}


class Server:
    """Reads once, sends `first`, then `endless` until the pooler disconnects."""

    def __init__(self, first, endless):
        self.first, self.endless = first, endless
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self.listener.getsockname()[1]
        self.sent = 0
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        piece = self.endless * max(1, 65536 // len(self.endless))
        with peer, contextlib.suppress(OSError):
            peer.recv(1000)
            peer.sendall(self.first)
            while True:
                peer.sendall(piece)
                self.sent += len(piece)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def hostile():
    servers = []

    def start(first, endless):
        servers.append(Server(first, endless))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


def pooler_before(start_pooler, server, **settings):
    options = {"pool_mode": "transaction", "server_login_retry": 1, **settings}
    pooler = start_pooler(**options)
    pooler.databases["hostile"] = f"host=127.0.0.1 port={server.port} dbname=x pool_size=3 user=alice password=secret"
    pooler.write()
    pooler.console("reload")
    return pooler


@pytest.mark.parametrize("stage", STAGES)
def test_a_log_in_to_a_server_is_bounded(start_pooler, hostile, bystander, stage):
    first, endless, reason = STAGES[stage]
    server = hostile(first, endless)
    pooler = pooler_before(start_pooler, server)
    bystander(pooler)
    before = memory(pooler.process.pid)
    for _ in range(3):
        pooler.raw().send(startup(user="alice", database="hostile"))
    pooler.logged(re.escape(reason))
    eventually(lambda: server.connections >= 3, "attempts to log in")
    assert memory(pooler.process.pid, "VmHWM") < before + 20


def test_pgbench_notices_nothing_of_an_endless_server(start_pooler, hostile):
    server = hostile(OK, STATUS)
    pooler = pooler_before(start_pooler, server)
    clients = [pooler.raw() for _ in range(20)]
    for client in clients:
        client.send(startup(user="alice", database="hostile"))
    bench = Pgbench(pooler, seconds=4)
    times = bench.result()
    peak = memory(pooler.process.pid, "VmHWM")
    report("beside an endless server", peak=peak, sent=server.sent / 1024 / 1024, **times)
    assert peak < 100


def test_answers_to_the_connect_query_are_not_kept(start_pooler, hostile, bystander):
    """They are skipped, however many they are, until server_connect_timeout."""
    server = hostile(OK + KEY + READY, ROW)
    pooler = start_pooler(pool_mode="transaction", server_connect_timeout=2, server_login_retry=1)
    pooler.databases["hostile"] = f"host=127.0.0.1 port={server.port} dbname=x user=alice connect_query='select 1'"
    pooler.write()
    pooler.console("reload")
    bystander(pooler)
    before = memory(pooler.process.pid)
    pooler.raw().send(startup(user="alice", database="hostile"))
    pooler.logged("hostile/alice@.*closing because: connect timeout")
    assert server.sent > 1 << 20
    assert memory(pooler.process.pid, "VmHWM") < before + 20


def test_a_server_that_answers_a_cancel_request_without_end(start_pooler, bystander):
    """PostgreSQL answers a cancel request by closing; all other bytes are dropped, until cancel_wait_timeout."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    canceled, sent = threading.Event(), []

    def talk(peer):
        with peer, contextlib.suppress(OSError):
            packet = peer.recv(1000)
            if packet[4:8] != struct.pack("!i", 80877102):
                peer.sendall(OK + KEY + READY)
                while peer.recv(1000):
                    pass  # a query that is never answered
                return
            canceled.set()
            while True:
                sent.append(peer.send(b"x" * 65536))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    pooler = start_pooler(pool_mode="transaction", cancel_wait_timeout=2)
    pooler.databases["hostile"] = f"host=127.0.0.1 port={listener.getsockname()[1]} dbname=x"
    pooler.write()
    pooler.console("reload")
    bystander(pooler)
    before = memory(pooler.process.pid)
    client = pooler.login(database="hostile")
    client.send(query("select 1"))
    eventually(lambda: pooler.pool("hostile")["sv_active"] == 1, "a query under way")
    client.cancel()
    assert canceled.is_set() and sum(sent) > 1 << 20
    assert memory(pooler.process.pid, "VmHWM") < before + 20
    listener.close()


def test_clients_that_send_before_they_are_welcome(start_pooler, bystander):
    """A client that waits for its pool's first server is not read."""
    silent = socket.create_server(("127.0.0.1", 0), backlog=16)
    pooler = start_pooler(pool_mode="transaction", server_connect_timeout=30)
    pooler.databases["silent"] = f"host=127.0.0.1 port={silent.getsockname()[1]} dbname=x"
    pooler.write()
    pooler.console("reload")
    bystander(pooler)
    before = memory(pooler.process.pid)
    clients = [pooler.raw() for _ in range(20)]
    for client in clients:
        client.send(startup(user="alice", database="silent"))
        client.socket.settimeout(0.2)
    junk = query("x" * 1000) * 1000
    blocked = 0
    for client in clients:
        try:
            for _ in range(100):
                client.send(junk)
        except TimeoutError:
            blocked += 1
    assert blocked == len(clients)
    assert memory(pooler.process.pid, "VmHWM") < before + 20
    silent.close()


@pytest.mark.parametrize("piece", [b"p\0\0\xff\xff" + b"x" * 60_000, b"\0\0\x27\x10" + b"x" * 9000],
                         ids=["password", "start-up packet"])
def test_log_ins_that_are_never_finished(start_pooler, bystander, piece):
    """What is held for each is one packet."""
    pooler = start_pooler(pool_mode="transaction", auth_type="plain", max_client_conn=1000)
    client = pooler.login(user="carol", password=pooler.secrets["carol"])
    before = memory(pooler.process.pid)
    for _ in range(200):
        other = pooler.raw()
        other.send((startup(user="alice", database="app") if piece[:1] == b"p" else b"") + piece)
    def logging_in():
        return next(int(row["items"]) for row in pooler.console("show lists") if row["list"] == "login_clients")
    eventually(lambda: logging_in() >= 200, "clients that log in")
    assert memory(pooler.process.pid) < before + 200 * len(piece) * 2 / 1024 / 1024 + 10
    assert client.value("select 1") == "1"


class ScramServer(Server):
    """Asks for this many iterations and receives nothing more."""

    def __init__(self, iterations):
        self.iterations = iterations
        self.answered = threading.Event()
        super().__init__(b"", b"")

    def talk(self, peer):
        with peer, contextlib.suppress(OSError):
            peer.recv(1000)
            peer.sendall(message("R", struct.pack("!i", 10) + b"SCRAM-SHA-256\0\0"))
            nonce = peer.recv(1000).split(b"r=")[1]
            challenge = b"r=" + nonce + b"abc,s=QUJDREVGR0g=,i=%d" % self.iterations
            peer.sendall(message("R", struct.pack("!i", 11) + challenge))
            if peer.recv(1000):
                self.answered.set()
            peer.recv(1000)


def test_iterations_that_a_server_names_stop_no_client(start_pooler):
    server = ScramServer(10_000_000)
    try:
        pooler = pooler_before(start_pooler, server, workers=1)
        client = pooler.login(user="carol")
        pooler.raw().send(startup(user="alice", database="hostile"))
        slowest, begin = 0, time.monotonic()
        while not server.answered.is_set() and time.monotonic() < begin + 30:
            start = time.monotonic()
            assert client.value("select 1") == "1"
            slowest = max(slowest, time.monotonic() - start)
        taken = time.monotonic() - begin
        report("ten million iterations", taken=taken * 1000, slowest=slowest * 1000)
        assert server.answered.is_set()
        assert slowest < taken / 2
    finally:
        server.close()


def test_more_iterations_are_refused(start_pooler, bystander):
    server = ScramServer(10_000_001)
    try:
        pooler = pooler_before(start_pooler, server)
        bystander(pooler)
        assert pooler.refused(database="hostile").text == "SASL authentication failed"
        pooler.logged("server demands 10000001 SCRAM iterations, at most 10000000 are computed")
    finally:
        server.close()


def test_iterations_of_a_stored_secret_stop_no_client(start_pooler):
    """With auth_type = plain the pooler hashes what the client sends."""
    secret = "SCRAM-SHA-256$10000000:QUJDREVGR0g=$" + "A" * 43 + "=:" + "A" * 43 + "="
    pooler = start_pooler(auth_type="plain", pool_mode="transaction", secrets={"slow": secret}, workers=1)
    client = pooler.login(user="carol", password=pooler.secrets["carol"])
    ends = []
    guess = threading.Thread(target=lambda: ends.append(pooler.refused(user="slow", password="guess")))
    slowest, begin = 0, time.monotonic()
    guess.start()
    while guess.is_alive():
        start = time.monotonic()
        assert client.value("select 1") == "1"
        slowest = max(slowest, time.monotonic() - start)
    taken = time.monotonic() - begin
    report("a secret of ten million iterations", taken=taken * 1000, slowest=slowest * 1000)
    assert ends[0].text == 'password authentication failed for user "slow"'
    assert slowest < taken / 2


def test_more_iterations_of_a_stored_secret_are_refused(start_pooler):
    secret = "SCRAM-SHA-256$10000001:QUJDREVGR0g=$" + "A" * 43 + "=:" + "A" * 43 + "="
    pooler = start_pooler(auth_type="plain", secrets={"slow": secret})
    assert pooler.refused(user="slow", password="guess").text == 'password authentication failed for user "slow"'
    pooler.logged("ERROR .*SCRAM secret has 10000001 iterations, at most 10000000 are computed")
