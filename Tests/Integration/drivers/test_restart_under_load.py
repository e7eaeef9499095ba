"""PostgreSQL restarts under 200 connected clients."""

import asyncio
import struct

import pytest

from support.wire import fields_of, query, startup


class Client:
    """An asynchronous client that asks for its own number forever, and logs in again when it is disconnected."""

    def __init__(self, port, number):
        self.port, self.number = port, number
        self.answers = self.losses = 0

    async def run(self):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(startup(user="alice", database="app"))
                await self.ready(reader)
                while True:
                    writer.write(query(f"select {self.number}"))
                    assert await self.ready(reader) == str(self.number).encode()
                    self.answers += 1
                    await asyncio.sleep(0.02)
            except (ConnectionError, asyncio.IncompleteReadError, PermissionError):
                self.losses += 1
                writer.close()
                await asyncio.sleep(0.1)

    async def ready(self, reader):
        value = None
        while True:
            tag, size = struct.unpack("!ci", await reader.readexactly(5))
            body = await reader.readexactly(size - 4)
            if tag == b"D":
                value = body[6:]
            elif tag == b"E":
                fields = fields_of(body)
                assert fields["C"] != "XX000", fields
                if fields["S"] != "FATAL":
                    raise PermissionError(fields["M"])
            elif tag == b"Z":
                return value


@pytest.mark.seconds(400)
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_all_clients_come_back(start_pooler, own_postgres, mode):
    pooler = start_pooler(own_postgres, pool_mode="transaction", default_pool_size=20, max_client_conn=500,
                          server_login_retry=1)

    async def run():
        clients = [Client(pooler.port, number) for number in range(200)]
        tasks = [asyncio.create_task(client.run()) for client in clients]

        async def all_answer():
            before = [client.answers for client in clients]
            while any(client.answers <= old for client, old in zip(clients, before)):
                for task in tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.05)
        await asyncio.wait_for(all_answer(), 180)
        await asyncio.to_thread(own_postgres.restart, mode)
        await asyncio.wait_for(all_answer(), 180)
        for task in tasks:
            task.cancel()
    asyncio.run(run())
    assert len(own_postgres.connections("alice")) <= 20
