"""Names of prepared statements in transaction and statement mode: each client's are its own, and behave as on a direct
connection with `follow_session = statements`."""

import pytest

from support.pooler import is_weir, workers
from support.wire import FLUSH, SYNC, Disconnected, PeerError, bind, close, describe, execute, message, parse, query


@pytest.fixture(params=["transaction", "statement"])
def pooler(request, start_pooler):
    return start_pooler(pool_mode=request.param, default_pool_size=1, follow_session="statements")


@pytest.fixture
def direct(postgres):
    postgres.sql("create table if not exists shrinking (i int); grant all on shrinking to public")
    return postgres.login()


CONVERSATIONS = {
    "a name that stands for nothing": [[bind("", "s"), execute(), SYNC], [query("select 1")]],
    "Describe of a name that stands for nothing": [[describe("S", "s"), SYNC], [query("select 1")]],
    "Close of a name that stands for nothing": [[close("S", "s"), SYNC], [describe("S", "s"), SYNC]],
    "a name that is taken": [[parse("s", "select 1"), SYNC], [parse("s", "select 2"), SYNC],
                             [bind("", "s"), execute(), SYNC]],
    "a name that is taken, with the same text": [[parse("s", "select 1"), SYNC], [parse("s", "select 1"), SYNC]],
    "a name that is taken, and a text that cannot be parsed": [[parse("s", "select 1"), SYNC],
                                                              [parse("s", "selec"), SYNC]],
    "a name that is taken in the same batch": [[parse("s", "select 1"), parse("s", "select 2"), SYNC],
                                               [bind("", "s"), execute(), SYNC]],
    "a name again after a Parse that failed": [[parse("s", "select no_such_column"), SYNC],
                                               [parse("s", "select 3"), bind("", "s"), execute(), SYNC]],
    "the same in one pipeline": [[parse("s", "select no_such_column"), SYNC, parse("s", "select 3"), bind("", "s"),
                                  execute(), SYNC], []],
    "a Parse that an error skips": [[parse("", "select no_such_column"), parse("s", "select 1"), SYNC],
                                    [bind("", "s"), execute(), SYNC]],
    "the same in one pipeline, used": [[parse("", "select no_such_column"), parse("s", "select 1"), SYNC, bind("", "s"),
                                        execute(), SYNC], []],
    "a Close that an error skips": [[parse("s", "select 1"), SYNC],
                                    [parse("", "select no_such_column"), close("S", "s"), SYNC],
                                    [bind("", "s"), execute(), SYNC]],
    "messages that come after the error": [[parse("", "select no_such_column"), FLUSH, "E"],
                                           [parse("s", "select 1"), close("S", "s"), bind("", "s"), SYNC],
                                           [describe("S", "s"), SYNC]],
    "Close and Parse in one batch": [[parse("s", "select 1"), SYNC],
                                     [close("S", "s"), parse("s", "select 2"), bind("", "s"), execute(), SYNC]],
    "Close between two uses": [[parse("s", "select 1"), bind("", "s"), execute(), close("S", "s"), bind("", "s"), SYNC]],
    "Close of many names": [[parse("a", "select 1"), parse("b", "select 2"), parse("c", "select 3"), SYNC],
                            [close("S", "a"), close("S", "b"), bind("", "c"), execute(), close("S", "c"), SYNC],
                            [describe("S", "b"), SYNC]],
    "the unnamed statement between named ones": [[parse("a", "select 1"), parse("", "select 2"), bind("", ""), execute(),
                                                  bind("", "a"), execute(), SYNC]],
    "Flush instead of Sync": [[parse("s", "select $1::int"), describe("S", "s"), FLUSH, "T"],
                              [bind("", "s", ["5"]), describe("P", ""), execute(), FLUSH, "C"], [SYNC]],
    "Parse alone, then Sync": [[parse("s", "select 1"), FLUSH, "1"], [SYNC], [parse("t", "select 1"), FLUSH, "1"], [SYNC]],
    "after a query in one pipeline": [[query("select 6"), parse("s", "select 7"), bind("", "s"), execute(), SYNC,
                                       query("select 8")], [], []],
    "DEALLOCATE ALL": [[parse("s", "select 1"), SYNC], [query("deallocate all")], [bind("", "s"), SYNC],
                       [parse("s", "select 2"), bind("", "s"), execute(), SYNC]],
    "DISCARD ALL": [[parse("s", "select 1"), SYNC], [query("discard all")], [bind("", "s"), SYNC],
                    [parse("s", "select 2"), bind("", "s"), execute(), SYNC]],
    "a tag that looks like it": [[parse("s", "delete from shrinking where i > $1"), bind("", "s", ["5"]), execute(), SYNC],
                                 [bind("", "s", ["6"]), execute(), SYNC]],
    "a long name": [[parse("n" * 70_000, "select 9"), bind("", "n" * 70_000), execute(), SYNC]],
    "a long text": [[parse("s", "select '" + "x" * 300_000 + "'"), bind("", "s"), execute(), SYNC],
                    [bind("", "s"), execute(), SYNC]],
    "a long value": [[parse("s", "select length($1)"), bind("", "s", ["x" * 300_000]), execute(), SYNC]],
    "an empty query": [[parse("s", ""), describe("S", "s"), bind("", "s"), execute(), SYNC]],
    "a portal of many rows, in parts": [[parse("s", "select generate_series(1, 5)"), bind("p", "s"), execute("p", 2),
                                         execute("p", 2), execute("p", 2), close("P", "p"), SYNC]],
    "types of parameters": [[parse("a", "select $1", [23]), describe("S", "a"), parse("b", "select $1", [25]),
                             describe("S", "b"), SYNC]],
}

TRANSACTIONS = {
    "a name that stands for nothing": [[query("begin")], [describe("S", "s"), SYNC], [query("select 1")],
                                       [query("rollback")]],
    "a name that is taken": [[query("begin")], [parse("s", "select 1"), parse("s", "select 2"), SYNC], [query("commit")],
                             [describe("S", "s"), SYNC]],
    "Parse in a transaction that has failed": [[parse("s", "select 1"), SYNC], [query("begin; select no_such_column")],
                                               [parse("t", "select 1"), SYNC], [bind("", "s"), SYNC],
                                               [parse("r", "rollback"), bind("", "r"), execute(), SYNC],
                                               [describe("S", "t"), SYNC], [describe("S", "r"), SYNC]],
    "a statement outlives the transaction that is rolled back": [[query("begin")], [parse("s", "select 1"), SYNC],
                                                                 [query("rollback")], [bind("", "s"), execute(), SYNC]],
    "COPY by a named statement": [[query("begin; create temporary table kept (i int) on commit drop")],
                                  [parse("s", "copy kept from stdin"), bind("", "s"), execute(), SYNC, "G"],
                                  [message("d", b"1\n2\n"), message("c"), SYNC],
                                  [bind("", "s"), execute(), message("d", b"3\n"), message("c"), SYNC],
                                  [query("select count(*) from kept")], [query("rollback")]],
}


def told(client, conversation):
    """Everything that a client is told, except what no two servers have alike. A step ends with the kind of message up to
    which its answer is read, ReadyForQuery unless it says otherwise."""
    answers = []
    for step in conversation:
        last = step[-1] if step and isinstance(step[-1], str) else None
        client.send(*[part for part in step if not isinstance(part, str)])
        if last:
            try:
                answers.append(client.until(last))
            except PeerError as error:
                answers.append((error.code, error.text))
            continue
        answer = client.answer()
        answers.append((answer.kinds.replace("S", ""), answer.rows, answer.tags, answer.types, answer.status,
                        [(error.code, error.text) for error in answer.errors]))
    return answers


@pytest.mark.weir
@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_as_on_a_direct_connection(pooler, direct, conversation):
    expected = told(direct, conversation)
    assert told(pooler.login(), conversation) == expected
    # What the first client has left on the server changes nothing.
    assert told(pooler.login(), conversation) == expected


@pytest.mark.weir
@pytest.mark.parametrize("conversation", TRANSACTIONS.values(), ids=TRANSACTIONS.keys())
def test_in_a_transaction_as_on_a_direct_connection(start_pooler, direct, conversation):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, follow_session="statements")
    expected = told(direct, conversation)
    assert told(pooler.login(), conversation) == expected
    assert told(pooler.login(), conversation) == expected


@pytest.mark.weir
@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_byte_by_byte(pooler, direct, conversation):
    if sum(len(part) for step in conversation for part in step) > 5_000:
        conversation = CONVERSATIONS["Close and Parse in one batch"]
    expected = told(direct, conversation)
    client = pooler.login()
    send = client.send
    client.send = lambda *parts: [send(bytes([byte])) for byte in b"".join(parts)]
    assert told(client, conversation) == expected


# As PgBouncer has it: the words of the log are its, too.
@pytest.mark.parametrize("parts, reason, logged", [
    ([bind("", "s"), SYNC], "prepared statement did not exist", "prepared statement 's' not found"),
    ([describe("S", "s"), SYNC], "prepared statement did not exist", "prepared statement 's' not found"),
    ([parse("s", "select 1"), SYNC, parse("s", "select 1"), SYNC], "prepared statement name is already in use",
     "prepared statement 's' was already prepared"),
], ids=["Bind", "Describe", "Parse"])
def test_a_wrong_name_ends_the_client(start_pooler, parts, reason, logged):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    client.send(*parts)
    with pytest.raises(Disconnected) as caught:
        while True:
            client.answer()
    assert caught.value.errors[-1].text == reason
    assert logged in pooler.log()
    assert pooler.login().value("select 1") == "1"


def test_zero_passes_them_on(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, max_prepared_statements=0)
    client = pooler.login()
    client.send(parse("s", "select 9"), bind("", "s"), execute(), SYNC)
    assert client.answer().value == "9"
    assert client.value("select name from pg_prepared_statements") == "s"


@pytest.mark.weir
def test_zero_warns_once_when_two_clients_use_one_name(start_pooler):
    pooler = start_pooler(pool_mode="transaction", max_prepared_statements=0)
    first, second = pooler.login(), pooler.login()
    for number in range(3):
        first.send(parse(f"a{number}", "select 1"), parse("", "select 1"), SYNC)
        second.send(parse(f"b{number}", "select 1"), parse("", "select 1"), SYNC)
        first.answer(), second.answer()
    assert "another client" not in pooler.log()
    for number in range(3):
        second.send(parse(f"a{number}", "select 1"), SYNC)
        second.answer()
    assert pooler.logged("prepared statement 'a0' has been prepared by another client, too")
    assert pooler.log().count("another client") == 1


def test_session_mode_passes_them_on(start_pooler):
    client = start_pooler(pool_mode="session").login()
    client.send(parse("s", "select 10"), bind("", "s"), execute(), SYNC)
    assert client.answer().value == "10"
    assert client.value("select name from pg_prepared_statements") == "s"


@pytest.mark.weir
def test_a_client_that_names_without_end_is_ended(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    text = "select '" + "x" * 8_000_000 + "'"
    with pytest.raises(Disconnected) as caught:
        for number in range(20):
            client.send(parse(f"s{number}", text), SYNC)
            client.answer()
    assert caught.value.errors[-1].code == "54000"
    assert number > 2
    assert pooler.login().value("select 1") == "1"


@pytest.mark.weir
@pytest.mark.parametrize("kind", ["text", "name", "portal"])
def test_a_message_that_no_client_may_send_is_not_collected(start_pooler, kind):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    length = 65 << 20
    client.send({"text": b"P" + (length + 4).to_bytes(4, "big") + b"s\0select ",
                 "name": b"D" + (length + 4).to_bytes(4, "big") + b"Ss",
                 "portal": b"B" + (length + 4).to_bytes(4, "big") + b"p"}[kind])
    # The pooler closes the connection before all of it has been sent.
    client.send_until_closed(*[b"x" * 100_000] * (length // 100_000))
    assert pooler.logged("too many prepared statements")
    assert pooler.login().value("select 1") == "1"


def test_a_flood_of_names_after_a_slow_query(start_pooler):
    """What the pooler could answer itself must not pile up while the server is busy."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, follow_session="statements") if is_weir() else \
        start_pooler(pool_mode="transaction", default_pool_size=1)
    client = pooler.login()
    client.send(query("select pg_sleep(0.5)"))
    client.send(b"".join(close("S", f"s{number}") for number in range(20_000)) + SYNC)
    client.answer()
    assert client.answer().kinds == "3" * 20_000 + "Z"


@pytest.mark.parametrize("garbage", [b"Q\0\0\0\3", b"y\0\0\0\4", b"c\0\1\0\0" + b"x" * 100, message("Q", b"select 1\0")],
                         ids=["length", "type", "CopyDone", "Query"])
def test_nothing_written_for_a_client_that_is_ended_reaches_another(start_pooler, garbage):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=5, disable_pqexec=1, **workers(1))
    for number in range(3):
        client = pooler.login()
        client.send(parse("s", f"select 'wrong {number}'") + bind("", "s") + garbage)
        client.closed_by_peer()
        other = pooler.login()
        other.send(parse("", "select 'right'"), bind("", ""), execute(), SYNC)
        answer = other.answer()
        assert (answer.kinds, answer.value) == ("12DCZ", "right")


def test_the_client_leaves_while_its_statement_is_prepared(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, max_prepared_statements=2)
    for number in range(5):
        client = pooler.login()
        client.send(parse("a", f"select {number}"), parse("b", "select no_such_column"), parse("c", "select 1"), SYNC,
                    message("X"))
        client.closed_by_peer()
        other = pooler.login()
        other.send(parse("a", "select 1"), bind("", "a"), execute(), SYNC)
        assert other.answer().value == "1"
        other.send(parse("b", f"select {number}"), bind("", "b"), execute(), SYNC)
        assert other.answer().value == str(number)
    assert pooler.login().value("select count(*) from pg_prepared_statements") == "2"


def test_another_client_prepares_after_the_table_has_changed(start_pooler, postgres):
    """The plan of the first client's statement has become unusable: it must not make others fail for ever."""
    postgres.sql("drop table if exists altered; create table altered (a int)")
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)
    first = pooler.login()
    use = [bind("", "s"), describe("P", ""), execute(), SYNC]
    first.send(parse("s", "select * from altered"), *use)
    assert not first.answer().errors
    postgres.sql("alter table altered add b int")
    first.send(*use)
    assert [error.code for error in first.answer().errors] in ([], ["0A000"])
    for client in (first, pooler.login()):
        client.send(close("S", "s"), parse("s", "select * from altered"), *use)
        answer = client.answer()
        assert not answer.errors
        assert answer.columns == ["a", "b"]


def test_names_that_only_the_pooler_uses(start_pooler):
    """A client that prepares them by SQL does not change what other clients get."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1, **workers(1))
    client = pooler.login()
    for number in range(1, 20):
        client.ask(f'prepare "PGBOUNCER_{number}" as select \'wrong\'')
    other = pooler.login()
    other.send(parse("s", "select 'right'"), bind("", "s"), execute(), SYNC)
    assert other.answer().value == "right"
    client.ask('deallocate "PGBOUNCER_1"; deallocate "PGBOUNCER_2"; deallocate "PGBOUNCER_3"')
    other.send(bind("", "s"), execute(), SYNC)
    assert [error.code for error in other.answer().errors] in ([], ["26000"])
    other.send(bind("", "s"), execute(), SYNC)
    assert other.answer().value == "right"
