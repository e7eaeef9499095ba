"""Bytes that are not the protocol: one connection ends, nothing else."""

import random
import re
import struct

import pytest

from support.waiting import eventually
from support.wire import GSSENC_REQUEST, SSL_REQUEST, SYNC, Disconnected, Wire, message, parse, query, startup


@pytest.fixture
def pooler(start_pooler, bystander):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2, max_packet_size=1_000_000)
    bystander(pooler)
    return pooler


@pytest.fixture
def session_pooler(start_pooler, bystander):
    """In session mode PostgreSQL judges every message; in transaction mode a named statement is refused first."""
    pooler = start_pooler(pool_mode="session", default_pool_size=2)
    bystander(pooler)
    return pooler


@pytest.mark.parametrize("length", [0, 1, 3, -1, -2**31, 2**31 - 1, 1_000_001])
def test_message_with_an_impossible_length(pooler, length):
    client = pooler.login()
    client.send_until_closed(b"Q" + struct.pack("!i", length) + b"select 1\0")
    assert_bad_header(client)


def assert_bad_header(client):
    """PgBouncer adds the bytes of the header."""
    end = client.fails()
    assert end.text.startswith("bad packet header")
    assert (end.errors[0].severity, end.errors[0].code) == ("FATAL", "08P01")


def test_message_of_exactly_the_largest_size(pooler):
    client = pooler.login()
    text = "select 1 /*" + "x" * (1_000_000 - 4 - 1 - 14) + "*/"
    assert client.value(text) == "1"
    client.send_until_closed(query(text + "xxxx"))
    assert_bad_header(client)


@pytest.mark.parametrize("packet, reason", [
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad packet header: '474554202f204854'"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60), "bad packet header: '1603010200010001'"),
    (bytes(64), "bad packet header: '0000000000000000'"),
    (b"\xff" * 64, "bad packet header: 'ffffffffffffffff'"),
    (struct.pack("!ii", 8, 80877102), "bad packet header: '0000000804d2162e'"),
    (struct.pack("!i", 4), "bad packet header: '00000004'"),
    (struct.pack("!ii", 2**31 - 1, 3 << 16) + b"user\0x\0\0", "bad packet header: '7fffffff00030000'"),
    (b"X\0\0\0\4", "bad packet"),
    (message("Q", b"select 1\0"), "bad packet"),
    (message("p", b"secret\0"), "bad packet"),
], ids=["http", "tls", "zeros", "ones", "cancel without key", "length only", "huge", "terminate", "query", "password"])
def test_first_packet_that_is_none(pooler, postgres, packet, reason):
    """PostgreSQL closes the connection without an error message; the log has PgBouncer's words."""
    for address in (postgres.address, pooler.address):
        client = pooler.keep(Wire(address))
        client.send(packet)
        assert client.closed_by_peer() == b""
    pooler.logged(re.escape(f"closing because: {reason} (age="))


def test_encryption_requests_without_end(pooler):
    client = pooler.raw()
    answers = 0
    with pytest.raises((Disconnected, OSError)):
        while answers < 1000:
            client.send(SSL_REQUEST if answers % 2 else GSSENC_REQUEST)
            assert client.receive(1) == b"N"
            answers += 1
    assert answers == 4
    pooler.logged("closing because: too many encryption requests")


def test_second_start_up_packet(pooler):
    client = pooler.login()
    client.send(startup(user="alice", database="app"))
    assert client.fails().text == "unknown pkt"


@pytest.mark.parametrize("tag", ["Z", "R", "T", "\1", "~", "W"])
def test_message_of_a_type_no_client_sends(pooler, tag):
    client = pooler.login()
    client.send(message(tag, b"abc\0"))
    assert client.fails().text == "unknown pkt"


@pytest.mark.parametrize("body", [
    b"", b"name without end", b"name\0query without end", b"a\0b\0", b"a\0b\0\xff\xff", b"a\0b\0\0\5\0"])
def test_broken_parse(session_pooler, body):
    client = session_pooler.login()
    client.send(message("P", body), SYNC)
    assert refusal_of(client).code == "08P01"


@pytest.mark.parametrize("tag, body", [
    ("B", b""), ("B", b"\0"), ("B", b"portal"), ("B", b"p\0no end"),
    ("D", b""), ("D", b"S"), ("D", b"X\0"), ("C", b""), ("C", b"Sname"), ("E", b""), ("F", b"\0"),
    ("Q", b""), ("Q", b"no end")])
def test_broken_message(session_pooler, tag, body):
    client = session_pooler.login()
    client.send(message(tag, body), SYNC)
    assert refusal_of(client).code == "08P01"


def refusal_of(client):
    """The error of PostgreSQL, or of the pooler, which ends the connection. No answer is a fault."""
    try:
        errors = client.answer().errors
    except Disconnected as end:
        errors = end.errors
    client.close()
    assert len(errors) == 1
    return errors[0]


def test_noise(pooler):
    """Random bytes, at the start and after a login; the seed is in the name of the failure."""
    for seed in range(60):
        noise = random.Random(seed)
        client = pooler.raw() if seed % 2 else pooler.login()
        try:
            for _ in range(noise.randrange(1, 5)):
                client.send(noise.randbytes(noise.randrange(1, 3000)))
        except OSError:
            pass
        client.close()
    eventually(lambda: pooler.pool()["cl_active"] == 0, "no client left")
    assert pooler.login().value("select 1") == "1", f"seed up to {seed}"


def test_many_parameters(pooler):
    """PostgreSQL does not answer a start-up packet of more than 10,000 bytes."""
    client = pooler.raw()
    client.send(startup(user="alice", database="app", **{f"p{number}": "x" * 50 for number in range(2000)}))
    assert client.closed_by_peer() == b""
    pooler.logged("closing because: bad packet header: '")


def test_names_that_are_too_long(pooler):
    for user, database in (("u" * 5000, "app"), ("alice", "d" * 5000), ("u" * 127, "d" * 63)):
        assert pooler.refused(user=user, database=database).errors[0].severity == "FATAL"


def test_zero_bytes_and_bad_utf8_in_names(pooler):
    client = pooler.raw()
    body = struct.pack("!i", 3 << 16) + b"user\0\xff\xfe\x80\0database\0app\0\0"
    client.send(struct.pack("!i", len(body) + 4) + body)
    assert client.fails().text == '"trust" authentication failed'
    assert pooler.login().value("select 1") == "1"


def test_half_a_parse_then_leaving(pooler):
    client = pooler.login()
    client.send(parse("", "select 1")[:9])
    client.close()
    assert pooler.login().value("select 1") == "1"
