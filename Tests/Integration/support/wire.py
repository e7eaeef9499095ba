"""A client that speaks the PostgreSQL protocol byte by byte, so that a test decides what is sent and when."""

import dataclasses
import hashlib
import select
import socket
import struct

from .scram import ScramClient
from .waiting import DEADLINE

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
GSSENC_REQUEST = struct.pack("!ii", 8, 80877104)
SYNC = b"S\0\0\0\4"
FLUSH = b"H\0\0\0\4"


def message(tag, body=b""):
    """A typed message: tag, length, body."""
    return tag.encode() + struct.pack("!i", len(body) + 4) + body


def text(value):
    return value.encode() + b"\0"


def query(sql):
    return message("Q", text(sql))


def parse(name, sql, types=()):
    return message("P", text(name) + text(sql) + struct.pack(f"!h{len(types)}i", len(types), *types))


def bind(portal, name, values=()):
    body = text(portal) + text(name) + struct.pack("!hh", 0, len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value.encode())) + value.encode()
    return message("B", body + struct.pack("!h", 0))


def describe(kind, name):
    return message("D", kind.encode() + text(name))


def execute(portal="", rows=0):
    return message("E", text(portal) + struct.pack("!i", rows))


def close(kind, name):
    return message("C", kind.encode() + text(name))


def startup(version=(3, 0), **parameters):
    body = struct.pack("!hh", *version)
    for key, value in parameters.items():
        body += text(key) + text(str(value))
    return struct.pack("!i", len(body) + 5) + body + b"\0"


class PeerError(Exception):
    """An ErrorResponse, with its fields by letter."""

    def __init__(self, fields):
        super().__init__(f"{fields.get('S')}: {fields.get('M')} ({fields.get('C')})")
        self.fields = fields

    severity = property(lambda self: self.fields.get("S"))
    code = property(lambda self: self.fields.get("C"))
    text = property(lambda self: self.fields.get("M"))


class Disconnected(Exception):
    """The peer closed the connection; `errors` were received before that."""

    def __init__(self, errors=()):
        super().__init__("disconnected: " + "; ".join(str(error) for error in errors))
        self.errors = list(errors)

    @property
    def text(self):
        return self.errors[-1].text if self.errors else ""


@dataclasses.dataclass
class Answer:
    """What came up to and with one ReadyForQuery."""

    rows: list = dataclasses.field(default_factory=list)
    columns: list = dataclasses.field(default_factory=list)
    types: list = dataclasses.field(default_factory=list)
    tags: list = dataclasses.field(default_factory=list)
    errors: list = dataclasses.field(default_factory=list)
    notices: list = dataclasses.field(default_factory=list)
    copied: bytearray = dataclasses.field(default_factory=bytearray)
    kinds: str = ""
    status: str = ""

    @property
    def value(self):
        """The only column of the first row."""
        if self.errors:
            raise self.errors[0]
        return self.rows[0][0]

    def dicts(self):
        if self.errors:
            raise self.errors[0]
        return [dict(zip(self.columns, row)) for row in self.rows]


def fields_of(body):
    return {part[:1].decode(): part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}


def row_of(body):
    (count,), at, row = struct.unpack_from("!h", body), 2, []
    for _ in range(count):
        (size,) = struct.unpack_from("!i", body, at)
        at += 4
        row.append(None if size < 0 else body[at:at + size].decode("utf-8", "replace"))
        at += max(size, 0)
    return tuple(row)


def columns_of(body):
    (count,), at, columns = struct.unpack_from("!h", body), 2, []
    for _ in range(count):
        end = body.index(b"\0", at)
        (oid,) = struct.unpack_from("!i", body, end + 7)
        columns.append((body[at:end].decode(), oid))
        at = end + 19
    return columns


class Wire:
    """One connection. Reads never wait longer than the deadline."""

    def __init__(self, address, receive_buffer=None):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
        else:
            self.socket = socket.socket(socket.AF_INET)
            if receive_buffer:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(address)
        if not isinstance(address, str):
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.parameters = {}
        self.key = None
        self.negotiated = None
        self.methods = []

    @classmethod
    def login(cls, address, password=None, version=(3, 0), **parameters):
        wire = cls(address)
        try:
            wire.send(startup(version, **parameters))
            wire.authenticate(parameters.get("user", ""), password)
        except BaseException:
            wire.close()
            raise
        return wire

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the socket without Terminate."""
        self.socket.close()

    def reset(self):
        """Closes the connection with a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def terminate(self):
        """Sends Terminate and closes the socket."""
        self.send(message("X"))
        self.close()

    # Bytes

    def send(self, *parts):
        self.socket.sendall(b"".join(parts))

    def send_until_closed(self, *parts):
        """Sends what the peer may refuse before it has received all of it."""
        try:
            self.send(*parts)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self, count):
        while len(self.buffer) < count:
            try:
                chunk = self.socket.recv(65536)
            except ConnectionError:
                chunk = b""
            if not chunk:
                raise Disconnected()
            self.buffer += chunk
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def pending(self, seconds=0.0):
        """Whether something (bytes or an end) can be read."""
        return bool(self.buffer) or bool(select.select([self.socket], [], [], seconds)[0])

    def closed_by_peer(self):
        """Reads to the end and returns the bytes; fails if the end does not come."""
        rest = bytearray()
        try:
            while True:
                rest += self.receive(1)
        except Disconnected:
            return bytes(rest)

    def read(self):
        """The next message: (tag, body)."""
        tag, size = struct.unpack("!ci", self.receive(5))
        assert size >= 4, f"length {size} in a message from the pooler"
        return tag.decode(), self.receive(size - 4)

    # Logging in

    def authenticate(self, user, password):
        errors, scram = [], None
        try:
            while True:
                tag, body = self.read()
                if tag == "R":
                    (kind,) = struct.unpack_from("!i", body)
                    self.methods.append(kind)
                    if kind == 3:
                        self.send(message("p", text(password)))
                    elif kind == 5:
                        inner = hashlib.md5((password + user).encode()).hexdigest().encode()
                        self.send(message("p", b"md5" + hashlib.md5(inner + body[4:8]).hexdigest().encode() + b"\0"))
                    elif kind == 10:
                        self.mechanisms = [name.decode() for name in body[4:].split(b"\0") if name]
                        scram = ScramClient(password)
                        first = scram.first()
                        self.send(message("p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first))
                    elif kind == 11:
                        self.send(message("p", scram.final(body[4:])))
                    elif kind == 12:
                        scram.check(body[4:])
                elif tag == "S":
                    name, value = body[:-1].split(b"\0")
                    self.parameters[name.decode()] = value.decode()
                elif tag == "K":
                    self.key = body
                elif tag == "v":
                    self.negotiated = body
                elif tag == "E":
                    errors.append(PeerError(fields_of(body)))
                elif tag == "Z":
                    return
        except Disconnected:
            raise Disconnected(errors) from None

    # Asking

    def answer(self):
        """Reads up to ReadyForQuery."""
        answer = Answer()
        try:
            while True:
                tag, body = self.read()
                answer.kinds += tag
                if tag == "D":
                    answer.rows.append(row_of(body))
                elif tag == "T":
                    answer.columns = [name for name, _ in columns_of(body)]
                    answer.types = [oid for _, oid in columns_of(body)]
                elif tag == "C":
                    answer.tags.append(body[:-1].decode())
                elif tag == "E":
                    answer.errors.append(PeerError(fields_of(body)))
                elif tag == "N":
                    answer.notices.append(fields_of(body).get("M"))
                elif tag == "d":
                    answer.copied += body
                elif tag == "S":
                    name, value = body[:-1].split(b"\0")
                    self.parameters[name.decode()] = value.decode()
                elif tag == "Z":
                    answer.status = body.decode()
                    return answer
        except Disconnected:
            raise Disconnected(answer.errors) from None

    def until(self, last):
        """Reads up to a message of type `last`; returns the tags seen."""
        seen = ""
        while not seen.endswith(last):
            tag, body = self.read()
            if tag == "E":
                raise PeerError(fields_of(body))
            seen += tag
        return seen

    def ask(self, sql):
        """One simple query and its answer."""
        self.send(query(sql))
        return self.answer()

    def value(self, sql):
        return self.ask(sql).value

    def backend(self):
        """The process id of the PostgreSQL backend that answers."""
        return int(self.value("select pg_backend_pid()"))

    def fails(self):
        """Expects the connection to end; returns the Disconnected."""
        try:
            while True:
                self.answer()
        except Disconnected as end:
            return end

    def cancel(self):
        """A CancelRequest with this connection's key, on a separate connection; waits for its end."""
        send_cancel(self.socket.getpeername(), self.key)


def send_cancel(address, key):
    with Wire(address) as other:
        other.send(struct.pack("!ii", 8 + len(key), 80877102) + key)
        other.closed_by_peer()
