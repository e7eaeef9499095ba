"""psycopg 3, with its own prepared statements and pipelines, and SQLAlchemy."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy



@pytest.fixture
def pooler(start_pooler):
    return start_pooler(pool_mode="transaction", default_pool_size=3)


def connect(pooler, **options):
    return psycopg.connect(host="127.0.0.1", port=pooler.port, user="alice", dbname="app", autocommit=True, **options)



@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_psycopg_prepares(start_pooler, mode):
    with connect(start_pooler(pool_mode=mode, default_pool_size=3), prepare_threshold=0) as connection:
        for number in range(50):
            assert connection.execute("select %s::int + 1", (number,)).fetchone() == (number + 1,)


@pytest.mark.parametrize("options", [{"prepare_threshold": None}, {}])
def test_psycopg_pipeline(pooler, options):
    with connect(pooler, **options) as connection:
        with connection.pipeline():
            cursors = [connection.execute("select %s::int", (number,)) for number in range(30)]
            assert [cursor.fetchone()[0] for cursor in cursors] == list(range(30))


@pytest.mark.parametrize("driver, options", [
    ("psycopg2", {}), ("psycopg", {"prepare_threshold": None}),
    ("psycopg", {})])
def test_sqlalchemy(pooler, driver, options):
    engine = sqlalchemy.create_engine(f"postgresql+{driver}://alice@127.0.0.1:{pooler.port}/app", pool_size=6,
                                      connect_args=options)

    def work(number):
        # The sleep makes the threads meet, so that a connection does not find the same server again and again.
        with engine.begin() as connection:
            return connection.execute(sqlalchemy.text("select :n from pg_sleep(0.01)"), {"n": number}).scalar()
    with ThreadPoolExecutor(6) as threads:
        assert [int(n) for n in threads.map(work, range(100))] == list(range(100))
    engine.dispose()
