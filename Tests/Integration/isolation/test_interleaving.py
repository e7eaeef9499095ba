"""Every answer must reach the client that asked: many clients select tokens that only they know, while others disconnect
and cancel at random."""

import asyncio
import os
import random
import struct
import time

import pytest

from support.pooler import workers
from support.wire import FLUSH, SYNC, bind, close, describe, execute, fields_of, parse, query, startup

CLIENTS = 60
CANCELLED = "57014"


class Asker:
    """A client with a random way of asking; every row it gets must carry the token it just sent."""

    def __init__(self, port, seed, mode, with_prepared, until):
        self.port, self.mode, self.with_prepared, self.until = port, mode, with_prepared, until
        self.random = random.Random(seed)
        self.count = self.turn = 0

    async def run(self):
        while time.monotonic() < self.until:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                await self.session(reader, writer)
            finally:
                if self.random.random() < 0.5:
                    writer.transport.abort()
                else:
                    writer.close()

    async def session(self, reader, writer):
        writer.write(startup(user=self.random.choice(["alice", "bob"]), database="app",
                             application_name=f"app {self.random.randrange(5)}"))
        self.key, self.has_cancelled = None, False
        await self.answer(reader)
        ways = [self.simple, self.extended, self.pipeline, self.large, self.failing, self.cancelling, self.many,
                self.flushing]
        if self.with_prepared:
            ways.append(self.prepared)
        if self.mode != "statement":
            ways += [self.transaction, self.copying]
        for _ in range(self.random.randrange(1, 30)):
            if time.monotonic() > self.until:
                return
            if self.random.random() < 0.06:
                # Asks and leaves without waiting, somewhere in the middle.
                writer.write(query(f"select '{self.token()}', repeat('q', {self.random.randrange(60000)})"))
                await writer.drain()
                if self.random.random() < 0.5:
                    await reader.read(self.random.randrange(1, 5000))
                return
            await self.random.choice(ways)(reader, writer)

    def token(self):
        self.turn += 1
        return f"{id(self):x}-{self.turn}-{self.random.getrandbits(64):x}"

    async def answer(self, reader, tokens=(), error_code=None):
        """Reads to ReadyForQuery; the first columns must be exactly the tokens, in order.

        The only other error than the expected one is that of a cancellation, and only after this client has sent one.
        """
        seen, error = [], None
        while True:
            tag, size = struct.unpack("!ci", await reader.readexactly(5))
            body = await reader.readexactly(size - 4)
            if tag == b"D":
                (length,) = struct.unpack_from("!i", body, 2)
                seen.append(body[6:6 + length].decode())
            elif tag == b"d":
                seen.append(body.decode().rstrip("\n"))
            elif tag == b"K":
                self.key = body
            elif tag == b"E":
                error = fields_of(body)
                assert error["C"] == error_code or error["C"] == CANCELLED and self.has_cancelled, error
            elif tag == b"Z":
                break
        if error is None:
            assert seen == list(tokens), f"expected {tokens}, got {seen}"
        else:
            assert seen == list(tokens)[:len(seen)], f"expected a beginning of {tokens}, got {seen}"
        self.count += 1

    async def simple(self, reader, writer):
        token = self.token()
        writer.write(query(f"select '{token}'"))
        await self.answer(reader, [token])

    async def many(self, reader, writer):
        tokens = [self.token() for _ in range(self.random.randrange(2, 20))]
        writer.write(b"".join(query(f"select '{token}'") for token in tokens))
        for token in tokens:
            await self.answer(reader, [token])

    async def extended(self, reader, writer):
        token = self.token()
        writer.write(parse("", "select $1::text") + bind("", "", [token]) + describe("P", "") + execute() + SYNC)
        await self.answer(reader, [token])

    async def flushing(self, reader, writer):
        token = self.token()
        writer.write(parse("", "select $1::text") + FLUSH)
        writer.write(bind("", "", [token]) + execute() + SYNC)
        await self.answer(reader, [token])

    async def pipeline(self, reader, writer):
        tokens = [self.token() for _ in range(self.random.randrange(2, 10))]
        parts = [parse("", "select $1::text") + bind("", "", [token]) + execute() for token in tokens]
        writer.write(b"".join(parts) + SYNC)
        await self.answer(reader, tokens)

    async def prepared(self, reader, writer):
        """The same statement name in every client, each with its own text."""
        token, mine = self.token(), self.token()
        writer.write(parse("shared", f"select $1::text || '{mine}'") + bind("", "shared", [token]) + execute() + SYNC)
        await self.answer(reader, [token + mine])
        writer.write(bind("", "shared", [token[::-1]]) + execute() + close("S", "shared") + SYNC)
        await self.answer(reader, [token[::-1] + mine])

    async def large(self, reader, writer):
        token = self.token()
        rows = self.random.randrange(1, 400)
        writer.write(query(f"select '{token}', repeat('z', 300) from generate_series(1, {rows})"))
        await self.answer(reader, [token] * rows)

    async def failing(self, reader, writer):
        writer.write(query(f"select '{self.token()}'::int"))
        await self.answer(reader, error_code="22P02")

    async def transaction(self, reader, writer):
        writer.write(query("begin"))
        await self.answer(reader)
        for _ in range(self.random.randrange(1, 4)):
            await self.simple(reader, writer)
        writer.write(query(self.random.choice(["commit", "rollback"])))
        await self.answer(reader)

    async def copying(self, reader, writer):
        tokens = [self.token() for _ in range(self.random.randrange(1, 50))]
        values = ", ".join(f"('{token}')" for token in tokens)
        writer.write(query(f"copy (values {values}) to stdout"))
        await self.answer(reader, tokens)

    async def cancelling(self, reader, writer):
        """Cancels its own query, perhaps too late; the cancellation must not reach another client."""
        token, self.has_cancelled = self.token(), True
        writer.write(query(f"select '{token}', pg_sleep({self.random.choice([0, 0.01, 0.05])})"))
        cancel_reader, cancel_writer = await asyncio.open_connection("127.0.0.1", self.port)
        cancel_writer.write(struct.pack("!ii", 16, 80877102) + self.key)
        await cancel_reader.read()
        cancel_writer.close()
        await self.answer(reader, [token])


@pytest.mark.seconds(300)
@pytest.mark.parametrize("mode, with_prepared", [
    ("session", True), ("transaction", False), ("statement", False),
    ("transaction", True),
    ("statement", True)])
def test_every_answer_belongs_to_its_question(start_pooler, long_run, mode, with_prepared):
    seed = int(os.environ.get("WEIR_TEST_SEED") or random.randrange(1 << 32))
    print("WEIR_TEST_SEED =", seed)
    size = CLIENTS if mode == "session" else 5
    pooler = start_pooler(pool_mode=mode, default_pool_size=min(size, 40), max_client_conn=1000,
                          max_prepared_statements=10 if with_prepared else 0, log_connections=0, log_disconnections=0,
                          **workers(4))
    until = time.monotonic() + (60 if long_run else 7)

    async def run():
        askers = [Asker(pooler.port, f"{seed}-{number}", mode, with_prepared, until) for number in range(CLIENTS)]
        await asyncio.gather(*[asker.run() for asker in askers])
        return sum(asker.count for asker in askers)
    answers = asyncio.run(run())
    print(answers, "answers")
    assert answers > 500
    assert pooler.login().value("select 'alive'") == "alive"
