"""What ClientBench.swift measures, with asyncpg and psycopg: peers.py FOLDER PORT [asyncpg|uvloop|psycopg]…"""

import asyncio
import sys
import time

SETUP = """
    CREATE TEMP TABLE mixed AS SELECT n AS id, n * 3 AS other, 'name ' || n AS name, n / 7.0::float8 AS ratio,
        n % 2 = 0 AS even, now() + n * interval '1 s' AS at FROM generate_series(1, 10000) n;
    CREATE TEMP TABLE target (n int8, t text, f float8)
"""
LINES = [f"{n}\tsome text\t1.5\n".encode() for n in range(10_000)]
ROWS = [(n, "some text", 1.5) for n in range(10_000)]


def report(name, unit, count, start):
    seconds, busy = time.perf_counter() - start[0], time.process_time() - start[1]
    each = f"{seconds / count * 1e6:.2f} µs each\t{busy / count * 1e6:.2f} µs of processor"
    print(f"{name}\t{count / seconds:.0f} {unit}s/s\t{each}")


def now():
    return time.perf_counter(), time.process_time()


async def measure_asyncpg(folder, port):
    import asyncpg

    connection = await asyncpg.connect(host=folder, port=port, user="postgres", database="postgres")
    await connection.execute(SETUP)
    start = now()
    for number in range(20_000):
        rows = await connection.fetch("SELECT $1::int8", number)
        assert rows[0][0] == number
    report("single row", "request", 20_000, start)
    start = now()
    for _ in range(50):
        total = 0
        for row in await connection.fetch("SELECT * FROM mixed"):
            id, other, name, ratio, even, at = row
            total += id + other + len(name) + even + (ratio > 0)
    report("10,000 rows", "row", 500_000, start)
    start = now()
    for _ in range(10):
        await connection.executemany("INSERT INTO target VALUES ($1, $2, $3)", ROWS)
    report("executeMany", "row", 100_000, start)

    async def lines():
        for line in LINES:
            yield line

    start = now()
    for _ in range(50):
        await connection.copy_to_table("target", source=lines())
    report("COPY in", "row", 500_000, start)


async def measure_psycopg(folder, port):
    import psycopg

    connection = await psycopg.AsyncConnection.connect(
        f"host={folder} port={port} user=postgres dbname=postgres", autocommit=True
    )
    cursor = connection.cursor(binary=True)
    await connection.execute(SETUP)
    start = now()
    for number in range(20_000):
        await cursor.execute("SELECT %s::int8", (number,), prepare=True)
        rows = await cursor.fetchall()
        assert rows[0][0] == number
    report("single row", "request", 20_000, start)
    start = now()
    for _ in range(50):
        total = 0
        await cursor.execute("SELECT * FROM mixed", prepare=True)
        for id, other, name, ratio, even, at in await cursor.fetchall():
            total += id + other + len(name) + even + (ratio > 0)
    report("10,000 rows", "row", 500_000, start)
    start = now()
    for _ in range(10):
        async with connection.transaction():
            await cursor.executemany("INSERT INTO target VALUES (%s, %s, %s)", ROWS)
    report("executeMany", "row", 100_000, start)
    start = now()
    for _ in range(50):
        async with cursor.copy("COPY target FROM STDIN") as copy:
            for line in LINES:
                await copy.write(line)
    report("COPY in", "row", 500_000, start)


folder, port, *peers = sys.argv[1:]
for peer in peers or ["asyncpg", "psycopg"]:
    print(peer)
    if peer == "uvloop":
        import uvloop

        uvloop.run(measure_asyncpg(folder, int(port)))
    else:
        asyncio.run({"asyncpg": measure_asyncpg, "psycopg": measure_psycopg}[peer](folder, int(port)))
