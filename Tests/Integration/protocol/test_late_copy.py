"""What a client still sends of a COPY that has failed must not reach the next client's server session."""

from support.wire import SYNC, bind, execute, message, parse, query


def test_copy_that_fails_in_the_middle_of_a_message(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    postgres.sql("drop table if exists late; create table late (n int); grant all on late to public")
    client, other = pooler.login(), pooler.login()
    for _ in range(5):
        client.send(query("copy late from stdin"))
        client.until("G")
        data = message("d", b"7" * 5000)
        client.send(message("d", b"not a number\n") + data[:2000])
        assert client.answer().errors[0].code == "22P02"
        other.send(query("select 'mine'"))
        client.send(data[2000:] + message("c") + query("select 'late'"))
        assert other.answer().value == "mine"
        assert client.answer().value == "late"


def test_a_failed_copy_leaves_a_session_its_server(start_pooler):
    """As libpq's and Rust's extended COPY does it, with a Sync right after Execute that the COPY swallows.

    How many answers are to come is in doubt then, but in session mode no other client can receive them.
    """
    client = start_pooler(pool_mode="session").login()
    client.ask("create temp table mine (n int)")
    backend = client.value("select pg_backend_pid()")
    client.send(parse("", "copy mine from stdin"), bind("", ""), execute(), SYNC)
    client.until("G")
    client.send(message("f", b"no more\0"), SYNC)
    assert "no more" in client.answer().errors[0].text
    assert client.value("select pg_backend_pid()") == backend
    assert client.value("select count(*) from mine") == "0"
