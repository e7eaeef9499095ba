"""The first packets of a connection."""

import struct

import pytest

from support.wire import GSSENC_REQUEST, SSL_REQUEST, Wire, query, startup


def test_ssl_request_is_answered_no(start_pooler):
    client = start_pooler().raw()
    client.send(SSL_REQUEST)
    assert client.receive(1) == b"N"
    client.send(startup(user="alice", database="app"))
    client.authenticate("alice", None)
    assert client.value("select 1") == "1"


def test_gss_request_is_answered_no(start_pooler):
    client = start_pooler().raw()
    client.send(GSSENC_REQUEST)
    assert client.receive(1) == b"N"
    client.send(SSL_REQUEST)
    assert client.receive(1) == b"N"
    client.send(startup(user="alice", database="app"))
    client.authenticate("alice", None)
    assert client.value("select 1") == "1"


@pytest.mark.parametrize("request_packet, name", [(SSL_REQUEST, "SSL"), (GSSENC_REQUEST, "GSSAPI encryption")])
def test_plain_bytes_after_an_encryption_request_are_refused(start_pooler, request_packet, name):
    """Otherwise a third party could put a start-up packet before the encryption."""
    client = start_pooler().raw()
    client.send(request_packet + startup(user="alice", database="app"))
    assert f"received unencrypted data after {name} request".encode() in client.closed_by_peer()


def test_version_3_2_is_negotiated_down(start_pooler):
    client = start_pooler().login(version=(3, 2))
    assert client.negotiated == struct.pack("!ii", 3 << 16, 0)
    assert len(client.key) == 8
    assert client.value("select 1") == "1"


def test_version_3_0_is_not_negotiated(start_pooler):
    assert start_pooler().login().negotiated is None


def test_unknown_protocol_options_are_named(start_pooler):
    client = start_pooler().login(**{"_pq_.first": "1", "_pq_.second": "x"})
    assert client.negotiated == struct.pack("!ii", 3 << 16, 2) + b"_pq_.first\0_pq_.second\0"
    assert client.value("select 1") == "1"


def test_far_version_is_negotiated_down(start_pooler):
    assert start_pooler().login(version=(3, 9999)).negotiated == struct.pack("!ii", 3 << 16, 0)


@pytest.mark.parametrize("version", [(0, 0), (1, 0), (2, 0), (4, 0), (188, 24910)])
def test_other_protocols_are_refused_as_by_postgresql(start_pooler, postgres, version):
    pooler = start_pooler()
    answers = []
    for client in (pooler.raw(), pooler.keep(Wire(postgres.address))):
        client.send(startup(version=version, user="alice"))
        # PostgreSQL adds where in its source the error is.
        answers.append(client.closed_by_peer().split(b"\0F")[0].rstrip(b"\0"))
    assert answers[0][5:] == answers[1][5:] and answers[0][:1] == answers[1][:1]


def test_protocol_2_is_named_in_the_log(start_pooler):
    pooler = start_pooler()
    client = pooler.raw()
    client.send(startup(version=(2, 0), user="alice"))
    client.closed_by_peer()
    pooler.logged("closing because: old V2 protocol not supported")


@pytest.mark.parametrize("body", [b"user\0x", b"user\0x\0\0zz"], ids=["torn", "more after the end"])
def test_a_broken_layout_is_reported_as_by_postgresql(start_pooler, postgres, body):
    pooler = start_pooler()
    packet = struct.pack("!ii", 8 + len(body), 3 << 16) + body
    told = []
    for client in (pooler.raw(), pooler.keep(Wire(postgres.address))):
        client.send(packet)
        error = client.fails().errors[0]
        told.append((error.severity, error.code, error.text))
    assert told[0] == told[1]
    pooler.logged("closing because: invalid startup packet layout: expected terminator as last byte")


def test_database_defaults_to_the_user(start_pooler, postgres):
    pooler = start_pooler(databases={"alice": f"host=127.0.0.1 port={postgres.port} dbname=app"})
    with Wire.login(pooler.address, user="alice") as client:
        assert client.value("select current_database()") == "app"


def test_no_user(start_pooler):
    client = start_pooler().raw()
    client.send(startup(database="app"))
    assert client.fails().text == "no username supplied"


def test_unsupported_parameter(start_pooler):
    end = start_pooler().refused(extra_float_digits="3")
    assert end.text == "unsupported startup parameter: extra_float_digits"
    assert (end.errors[0].severity, end.errors[0].code) == ("FATAL", "08P01")


def test_ignored_parameter(start_pooler):
    pooler = start_pooler(ignore_startup_parameters="extra_float_digits, search_path")
    assert pooler.login(extra_float_digits="3", search_path="pg_catalog").value("show search_path") == '"$user", public'


@pytest.mark.parametrize("options", [
    "-c datestyle=German", "--datestyle=German", "-c datestyle=German -c timezone=Asia/Tokyo", "-cdatestyle=German"])
def test_options(start_pooler, options):
    client = start_pooler(pool_mode="transaction").login(options=options)
    assert client.value("show datestyle") == "German, DMY"
    if "timezone" in options:
        assert client.value("show timezone") == "Asia/Tokyo"


def test_options_with_an_unsupported_parameter(start_pooler):
    assert start_pooler().refused(options="-c work_mem=1MB").text == \
        "unsupported startup parameter in options: work_mem"


def test_options_that_set_nothing(start_pooler):
    assert start_pooler().refused(options="-F").text == \
        "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed"


def test_ignored_options(start_pooler):
    pooler = start_pooler(ignore_startup_parameters="work_mem")
    assert pooler.login(options="-c work_mem=64kB").value("show work_mem") == "4MB"
    pooler.set("ignore_startup_parameters", "options")
    assert pooler.login(options="-c jit=off").value("select 1") == "1"


def test_unix_socket(start_pooler):
    pooler = start_pooler()
    with Wire.login(pooler.socket_path, user="alice", database="app") as client:
        assert client.value("select 1") == "1"


def test_parameters_reported_at_login_are_the_server_s(start_pooler, postgres):
    client = start_pooler().login()
    with postgres.login(user="alice") as direct:
        for name in direct.parameters:
            assert client.parameters[name] == direct.parameters[name], name


def test_first_query_with_the_start_up_packet(start_pooler):
    client = start_pooler().raw()
    client.send(startup(user="alice", database="app") + query("select 'early'"))
    client.authenticate("alice", None)
    assert client.answer().value == "early"


def test_login_notify_message(start_pooler):
    client = start_pooler(login_notify_message="be careful").raw()
    client.send(startup(user="alice", database="app"))
    assert client.answer().notices == ["be careful"]
