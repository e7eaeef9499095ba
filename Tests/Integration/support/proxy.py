"""A proxy in front of PostgreSQL that looks at what passes and can break a connection at a chosen moment."""

import socket
import struct
import threading

CANCEL_CODE = 80877102


class Connection:
    """One connection through the proxy. `request` is the first bytes that the pooler sent."""

    def __init__(self, client, server, request):
        self.client, self.server, self.request = client, server, request

    is_cancel = property(lambda self: len(self.request) >= 8 and struct.unpack_from("!i", self.request, 4)[0] == CANCEL_CODE)

    def reset(self):
        """Ends the pooler's side with a TCP reset."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()

    def close(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


class Proxy:
    """Passes bytes between the pooler and `address`.

    `opened(connection)` is called with each connection when its first bytes have come, and returns false to keep them
    from the server. `passes(connection, bytes)` is called for all further bytes from the pooler, and returns false to
    drop them."""

    def __init__(self, address, opened=lambda _: True, passes=lambda *_: True):
        self.address, self.opened, self.passes = address, opened, passes
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    port = property(lambda self: self.listener.getsockname()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for connection in self.connections:
            connection.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            request = client.recv(65536)
            connection = Connection(client, socket.create_connection(self.address), request)
            self.connections.append(connection)
            if not self.opened(connection):
                return
            connection.server.sendall(request)
            threading.Thread(target=self._answers, args=(connection,), daemon=True).start()
            while data := client.recv(65536):
                if self.passes(connection, data):
                    connection.server.sendall(data)
        except OSError:
            pass
        else:
            connection.close()

    def _answers(self, connection):
        try:
            while data := connection.server.recv(65536):
                connection.client.sendall(data)
        except OSError:
            pass
        connection.close()
