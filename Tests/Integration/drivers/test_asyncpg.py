"""asyncpg through transaction mode, with and without its cache of prepared statements."""

import asyncio

import asyncpg
import pytest



@pytest.mark.parametrize("cache", [0, 100])
def test_pool(start_pooler, cache):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=3)

    async def run():
        async with asyncpg.create_pool(host="127.0.0.1", port=pooler.port, user="alice", database="app",
                                       min_size=1, max_size=10, statement_cache_size=cache) as pool:
            async def one(number):
                async with pool.acquire() as connection, connection.transaction():
                    return await connection.fetchval("select $1::int * 2", number)
            return await asyncio.gather(*[one(number) for number in range(200)])
    assert asyncio.run(run()) == [number * 2 for number in range(200)]


def test_copy_records(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)

    async def run():
        connection = await asyncpg.connect(host="127.0.0.1", port=pooler.port, user="alice", database="app",
                                           statement_cache_size=0)
        async with connection.transaction():
            await connection.execute("create temporary table t (a int, b text) on commit drop")
            await connection.copy_records_to_table("t", records=[(n, str(n)) for n in range(1000)])
            found = await connection.fetchval("select count(*) from t")
        await connection.close()
        return found
    assert asyncio.run(run()) == 1000


def test_timeout_cancels(start_pooler):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=1)

    async def run():
        connection = await asyncpg.connect(host="127.0.0.1", port=pooler.port, user="alice", database="app",
                                           statement_cache_size=0)
        with pytest.raises(asyncio.TimeoutError):
            await connection.execute("select pg_sleep(600)", timeout=0.3)
        return await connection.fetchval("select 1")
    assert asyncio.run(run()) == 1
