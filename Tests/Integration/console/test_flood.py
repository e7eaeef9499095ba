"""Console clients that send commands without end and read no answer."""

import socket
import threading
import time

import pytest

from support.process import Pgbench, memory, report
from support.waiting import eventually
from support.wire import Disconnected, Wire, query

COMMAND = query("show config")


def flood(clients, until):
    """Sends commands on every connection as fast as it takes them, and reads nothing."""
    for client in clients:
        client.socket.setblocking(False)
    chunk = COMMAND * 500
    while time.monotonic() < until and clients:
        sent = 0
        for client in list(clients):
            try:
                sent += client.socket.send(chunk)
            except BlockingIOError:
                pass
            except OSError:
                clients.remove(client)
        if not sent:
            time.sleep(0.01)  # every socket is full: nothing to be waited for but the end


@pytest.mark.parametrize("user, count", [("stats", 300), ("admin", 8)])
def test_pgbench_notices_nothing_of_a_flood(start_pooler, user, count):
    pooler = start_pooler(pool_mode="transaction", max_client_conn=1000)
    before = memory(pooler.process.pid)
    clients = [pooler.keep(Wire.login(pooler.address, user=user, database="pgbouncer")) for _ in range(count)]
    bench = Pgbench(pooler, seconds=6)
    flooding = threading.Thread(target=flood, args=(list(clients), time.monotonic() + 5))
    flooding.start()
    times = bench.result()
    flooding.join()
    peak = memory(pooler.process.pid, "VmHWM")
    report(f"{count} console clients that do not read", before=before, peak=peak, **times)
    assert peak < 150
    assert pooler.console("show version")


def test_a_client_that_reads_late_gets_every_answer(start_pooler):
    pooler = start_pooler()
    console = pooler.admin()
    commands = 3000
    sending = threading.Thread(target=console.send, args=(COMMAND * commands,))
    sending.start()
    answers = [console.answer() for _ in range(commands)]
    sending.join()
    assert all(answer.tags == ["SHOW"] for answer in answers)
    assert len({len(answer.rows) for answer in answers}) == 1
    assert console.ask("show version").tags == ["SHOW"]


def test_a_client_that_waits_is_not_read(start_pooler):
    """Commands after one that waits stay with their sender; those that had come are run afterwards."""
    pooler = start_pooler()
    busy = pooler.login()
    busy.ask("begin")
    console = pooler.admin()
    console.send(query("pause"))
    eventually(lambda: "PAUSE" in pooler.log(), "a PAUSE that waits")
    before = memory(pooler.process.pid)

    def send():
        try:
            console.send(COMMAND * 2_000_000)
        except OSError:
            pass
    sending = threading.Thread(target=send)
    sending.start()
    sending.join(1)
    assert sending.is_alive()
    assert memory(pooler.process.pid) < before + 5
    busy.ask("rollback")
    busy.terminate()
    assert console.answer().tags == ["PAUSE"]
    for _ in range(100):
        assert console.answer().tags == ["SHOW"]
    console.socket.shutdown(socket.SHUT_RDWR)
    sending.join()
    console.close()
    assert pooler.console("show version")


@pytest.mark.parametrize("junk", [b"Q\0\1\0\1", b"Q\0\0\0\3"], ids=["too long", "too short"])
def test_a_broken_message_after_commands(start_pooler, junk):
    pooler = start_pooler()
    console = pooler.admin()
    console.send(COMMAND * 3 + junk)
    for _ in range(3):
        assert console.answer().tags == ["SHOW"]
    assert console.fails().text == "bad packet header"


def test_a_client_that_leaves_with_commands_unanswered(start_pooler):
    pooler = start_pooler()
    for _ in range(5):
        console = pooler.admin()
        console.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        console.send(COMMAND * 1000)
        console.reset()
    with pytest.raises((Disconnected, OSError)):
        console.receive(1)
    eventually(lambda: len([row for row in pooler.console("show clients") if row["user"] == "admin"]) == 1,
               "no console but the one that asks")
