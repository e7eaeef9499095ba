"""Memory that many clients needed is returned to the system when they have disconnected."""

from support.process import memory, report
from support.waiting import eventually
from support.wire import startup


def test_memory_goes_back_after_a_peak(start_pooler):
    pooler = start_pooler(auth_type="plain", max_client_conn=2000, stats_period=1)
    pid = pooler.process.pid
    before = memory(pid)
    clients = [pooler.raw() for _ in range(600)]
    for client in clients:
        client.send(startup(user="alice", database="app"), b"p\0\0\xff\xff" + b"x" * 60_000)
    eventually(lambda: memory(pid) > before + 30, "a peak")
    peak = memory(pid)
    for client in clients:
        client.close()
    eventually(lambda: memory(pid) < before + 12, "memory that went back")
    report("memory", before=before, peak=peak, after=memory(pid))
