"""The measurements of ClientBench.swift with asyncpg and psycopg.

    peers.py asyncpg|uvloop|psycopg CONNECTION-STRING [CELL…]

Each library is used as its documentation advises for speed: prepared statements, binary results, its own pool.
"""

import asyncio
import io
import sys
import time

MIXED = """
    CREATE TEMP TABLE mixed AS SELECT n AS id, n * 3 AS other, 'name ' || n AS name, n / 7.0::float8 AS ratio,
        n % 2 = 0 AS even, now() + n * interval '1 s' AS at FROM generate_series(1, 10000) n
"""
TARGET = "CREATE TEMP TABLE target (n int8, t text, f float8)"
TEXT = b"".join(f"{n}\tsome text\t1.5\n".encode() for n in range(10_000))
PIECES = [TEXT[start:start + 65_536] for start in range(0, len(TEXT), 65_536)]
ROWS = [(n, "some text", 1.5) for n in range(10_000)]


class Measured:
    """Measures a `with` block: prints the rate per second and the processor time for each, in microseconds."""

    def __init__(self, name, count):
        self.name, self.count = name, count

    def __enter__(self):
        self.time, self.busy = time.perf_counter(), time.process_time()

    def __exit__(self, kind, *_):
        seconds, busy = time.perf_counter() - self.time, time.process_time() - self.busy
        if kind is None:
            print(f"{self.name}\t{self.count / seconds:.0f}\t{busy / self.count * 1e6:.3f}")


def add_up(rows):
    total = 0
    for id_, other, name, ratio, even, _ in rows:
        total += id_ + other + len(name) + even + (ratio > 0)
    assert total > 0


async def at_a_time(tasks, count, ask):
    async def one():
        for number in range(count // tasks):
            assert await ask(number) == number
    await asyncio.gather(*(one() for _ in range(tasks)))


class Asyncpg:
    def __init__(self, string):
        self.string = string

    async def connect(self, setup=None):
        import asyncpg
        options = dict(pair.split("=") for pair in self.string.split())
        self.options = {"host": options["host"], "port": int(options["port"]), "user": options["user"],
                        "database": options["dbname"]}
        connection = await asyncpg.connect(**self.options)
        if setup:
            await connection.execute(setup)
        return connection

    async def single_row(self, name):
        connection = await self.connect()
        with Measured(name, 20_000):
            for number in range(20_000):
                assert await connection.fetchval("SELECT $1::int8", number) == number
        await connection.close()

    async def single_row_concurrently(self, name):
        import asyncpg
        await (await self.connect()).close()
        async with asyncpg.create_pool(**self.options, min_size=16, max_size=16) as pool:
            for _ in range(2):
                await at_a_time(16, 1_000, lambda number: pool.fetchval("SELECT $1::int8", number))
            with Measured(name, 64_000):
                await at_a_time(16, 64_000, lambda number: pool.fetchval("SELECT $1::int8", number))

    async def many_rows(self, name):
        connection = await self.connect(MIXED)
        with Measured(name, 50 * 10_000):
            for _ in range(50):
                add_up(await connection.fetch("SELECT * FROM mixed"))
        await connection.close()

    async def pipelined_inserts(self, name):
        connection = await self.connect(TARGET)
        with Measured(name, 10 * 10_000):
            for _ in range(10):
                await connection.executemany("INSERT INTO target VALUES ($1, $2, $3)", ROWS)
        await connection.close()

    async def copy_text(self, name):
        connection = await self.connect(TARGET)
        with Measured(name, 50 * 10_000):
            for _ in range(50):
                await connection.copy_to_table("target", source=io.BytesIO(TEXT))
        await connection.close()

    async def copy_values(self, name):
        connection = await self.connect(TARGET)
        with Measured(name, 50 * 10_000):
            for _ in range(50):
                await connection.copy_records_to_table("target", records=ROWS)
        await connection.close()


class Psycopg:
    def __init__(self, string):
        self.string = string

    async def connect(self, setup=None):
        import psycopg
        connection = await psycopg.AsyncConnection.connect(self.string, autocommit=True)
        if setup:
            await connection.execute(setup)
        return connection, connection.cursor(binary=True)

    async def single_row(self, name):
        connection, cursor = await self.connect()
        with Measured(name, 20_000):
            for number in range(20_000):
                await cursor.execute("SELECT %s::int8", (number,), prepare=True)
                assert (await cursor.fetchone())[0] == number
        await connection.close()

    async def single_row_concurrently(self, name):
        from psycopg_pool import AsyncConnectionPool

        async def ask(number):
            async with pool.connection() as connection, connection.cursor(binary=True) as cursor:
                await cursor.execute("SELECT %s::int8", (number,), prepare=True)
                return (await cursor.fetchone())[0]
        async with AsyncConnectionPool(self.string, min_size=16, max_size=16, kwargs={"autocommit": True}) as pool:
            for _ in range(2):
                await at_a_time(16, 1_000, ask)
            with Measured(name, 64_000):
                await at_a_time(16, 64_000, ask)

    async def many_rows(self, name):
        connection, cursor = await self.connect(MIXED)
        with Measured(name, 50 * 10_000):
            for _ in range(50):
                await cursor.execute("SELECT * FROM mixed", prepare=True)
                add_up(await cursor.fetchall())
        await connection.close()

    async def pipelined_inserts(self, name):
        connection, cursor = await self.connect(TARGET)
        with Measured(name, 10 * 10_000):
            for _ in range(10):
                async with connection.transaction():
                    await cursor.executemany("INSERT INTO target VALUES (%s, %s, %s)", ROWS)
        await connection.close()

    async def copy_text(self, name):
        connection, cursor = await self.connect(TARGET)
        with Measured(name, 50 * 10_000):
            for _ in range(50):
                async with cursor.copy("COPY target FROM STDIN") as copy:
                    for piece in PIECES:
                        await copy.write(piece)
        await connection.close()

    async def copy_values(self, name):
        connection, cursor = await self.connect(TARGET)
        with Measured(name, 50 * 10_000):
            for _ in range(50):
                async with cursor.copy("COPY target FROM STDIN (FORMAT binary)") as copy:
                    copy.set_types(["int8", "text", "float8"])
                    for row in ROWS:
                        await copy.write_row(row)
        await connection.close()


CELLS = {
    "single row": "single_row", "single row, 16 at a time": "single_row_concurrently", "10,000 rows": "many_rows",
    "pipelined inserts": "pipelined_inserts", "COPY of text": "copy_text", "COPY of values": "copy_values",
}


async def run(library, wanted):
    for name, method in CELLS.items():
        if not wanted or name in wanted:
            await getattr(library, method)(name)


if __name__ == "__main__":
    peer, connection_string, *cells = sys.argv[1:]
    if peer == "uvloop":
        import uvloop

        uvloop.run(run(Asyncpg(connection_string), cells))
    else:
        asyncio.run(run({"asyncpg": Asyncpg, "psycopg": Psycopg}[peer](connection_string), cells))
