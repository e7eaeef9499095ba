"""Servers that send more after the end of their answer: no other client may receive it."""

import socket
import struct
import threading

import pytest

from support.wire import query


def message(tag, body):
    return tag + struct.pack("!i", 4 + len(body)) + body


READY = message(b"Z", b"I")
WELCOME = message(b"R", struct.pack("!i", 0)) + message(b"S", b"server_version\0" b"15.0\0") + READY
NOTIFICATION = message(b"A", struct.pack("!i", 7) + b"channel\0secret\0")
FAREWELL = message(b"E", b"SFATAL\0VFATAL\0C57P01\0Msecret\0\0")


def heard(peer):
    try:
        return peer.recv(1000)
    except ConnectionResetError:
        return b""


@pytest.fixture
def talker():
    """A server that answers every query with its own number, then ReadyForQuery and, in one piece, something more."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    extra = []
    served = iter(range(1, 1_000_000))

    def talk(peer):
        with peer:
            peer.recv(1000)
            peer.sendall(WELCOME)
            while heard(peer):
                row = b"%d" % next(served)
                columns = message(b"T", struct.pack("!h", 1) + b"n\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0))
                answer = columns + message(b"D", struct.pack("!hi", 1, len(row)) + row) + message(b"C", b"SELECT 1\0")
                peer.sendall(answer + READY + extra[0])

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(peer,), daemon=True).start()

    def start(what):
        extra.append(what)
        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]
    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize("what", [NOTIFICATION, FAREWELL, NOTIFICATION[:7], FAREWELL[:3]],
                         ids=["notification", "shutdown error", "torn notification", "torn header"])
def test_next_client_receives_only_its_own_answer(start_pooler, talker, what):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, server_login_retry=1, databases={
        "app": f"host=127.0.0.1 port={talker(what)} dbname=x"})
    clients = [pooler.login() for _ in range(3)]
    for _ in range(20):
        for client in clients:
            client.send(query("select n"))
        answers = [client.answer() for client in clients]
        assert all(answer.tags == ["SELECT 1"] and not answer.errors for answer in answers)
        assert len({answer.value for answer in answers}) == len(clients)
