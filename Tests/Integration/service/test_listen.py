"""Listening: one address that cannot be used does not stop the others."""

import os
import socket

import pytest

from support.waiting import free_port

#: Belongs to documentation (RFC 5737): no machine has it.
ABSENT = "198.51.100.1"


def test_absent_address_is_warned_about(start_variant):
    pooler = start_variant(listen_addr=f"{ABSENT},127.0.0.1")
    pooler.logged(rf" WARNING cannot listen on {ABSENT}:{pooler.port}: bind\(\): Cannot assign requested address$")
    pooler.logged(rf" LOG listening on 127.0.0.1:{pooler.port}$")
    assert pooler.login().value("select 1") == "1"


def test_address_listed_twice(start_variant):
    pooler = start_variant(listen_addr="127.0.0.1, 127.0.0.1")
    pooler.logged(rf" WARNING cannot listen on 127.0.0.1:{pooler.port}: bind\(\): Address already in use$")
    assert pooler.login().value("select 1") == "1"


def test_address_in_use(start_variant):
    port = free_port()
    with socket.create_server(("127.0.0.2", port)):
        pooler = start_variant(listen_addr="127.0.0.2,127.0.0.1", listen_port=port, wait=False)
        pooler.port = port
        pooler.logged(rf" WARNING cannot listen on 127.0.0.2:{port}: bind\(\): Address already in use$")
        pooler.logged(r" LOG process up")
        assert pooler.login().value("select 1") == "1"


@pytest.mark.parametrize("unix", [True, False])
def test_no_address_that_can_be_used(fails, folder, unix):
    """A Unix socket does not make up for it."""
    status, said = fails(listen_addr=f"{ABSENT},198.51.100.2", unix_socket_dir=folder if unix else "")
    assert status == 1
    assert f"FATAL failed to listen on any address in listen_addr list: {ABSENT},198.51.100.2" in said
    assert os.listdir(folder) == []


def test_name_that_has_no_address(fails):
    status, said = fails(listen_addr="127.0.0.1,nowhere.invalid")
    assert status == 1
    assert "FATAL getaddrinfo('nowhere.invalid', '" in said


def test_folder_of_the_unix_socket_that_is_missing(fails):
    status, said = fails(unix_socket_dir="/nowhere")
    assert status == 1
    assert "WARNING cannot listen on unix:/nowhere/.s.PGSQL." in said
    assert "bind(): No such file or directory" in said
    assert "FATAL failed to create unix socket" in said


def test_nothing_to_listen_on(fails):
    status, said = fails(listen_addr="", unix_socket_dir="")
    assert status == 1
    assert "FATAL nowhere to listen on" in said


def test_ipv6_addresses_stand_in_brackets(start_variant):
    pooler = start_variant(listen_addr="127.0.0.1,::1")
    pooler.logged(rf"(listening|cannot listen) on \[::1\]:{pooler.port}\b")


def test_files_of_unix_sockets_are_removed(start_variant, fails):
    pooler = start_variant()
    assert os.path.exists(pooler.socket_path)
    status, said = fails(listen_addr="", unix_socket_dir=pooler.folder, listen_port=pooler.port)
    assert status == 1 and "unix socket is in use, cannot continue" in said
    assert os.path.exists(pooler.socket_path)
    pooler.signal("QUIT")
    assert pooler.ends() == 0
    assert not os.path.exists(pooler.socket_path)
