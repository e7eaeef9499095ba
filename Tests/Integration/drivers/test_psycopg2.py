"""psycopg2 and its pool of threads, through transaction mode."""

import threading

import psycopg2
import psycopg2.pool
import pytest

from support.waiting import eventually


@pytest.fixture
def dsn(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3)
    return f"host=127.0.0.1 port={pooler.port} user=alice dbname=app"


def test_threaded_pool(dsn):
    pool = psycopg2.pool.ThreadedConnectionPool(1, 8, dsn)
    seen, lock = [], threading.Lock()

    def work(number):
        for turn in range(20):
            connection = pool.getconn()
            try:
                with connection, connection.cursor() as cursor:
                    cursor.execute("select %s, %s", (number, turn))
                    with lock:
                        seen.append(cursor.fetchone())
            finally:
                pool.putconn(connection)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.closeall()
    assert sorted(seen) == [(number, turn) for number in range(8) for turn in range(20)]


def test_transaction_and_rollback(dsn):
    connection = psycopg2.connect(dsn)
    with connection.cursor() as cursor:
        cursor.execute("create temporary table gone (id int)")
        cursor.execute("insert into gone values (1)")
    connection.rollback()
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('gone')")
        assert cursor.fetchone() == (None,)
    connection.close()


def test_copy(dsn, tmp_path):
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor, open(tmp_path / "out", "w+b") as file:
        cursor.copy_expert("copy (select generate_series(1, 1000)) to stdout", file)
        file.seek(0)
        assert len(file.readlines()) == 1000
    connection.close()


def test_error_leaves_a_usable_connection(dsn):
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.DivisionByZero):
            cursor.execute("select 1/0")
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)
    connection.close()


def test_cancel(dsn, postgres):
    connection = psycopg2.connect(dsn)
    running = "select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(600) /* psycopg2 */'"

    def cancel():
        eventually(lambda: postgres.sql(running).rows, "a running query")
        connection.cancel()
    canceller = threading.Thread(target=cancel)
    canceller.start()
    with connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.QueryCanceled):
            cursor.execute("select pg_sleep(600) /* psycopg2 */")
        canceller.join()
        connection.rollback()
        cursor.execute("select 'usable'")
        assert cursor.fetchone() == ("usable",)
    connection.close()
