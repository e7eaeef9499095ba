#!/usr/bin/env python3
"""Asks libpq 18 what connection strings mean, and writes its answers down for the tests of PGConnInfo.

    .venv/bin/python script/make-conninfo-vectors.py vectors [--count 500] [--seed 5432] \\
        > Tests/PGConnInfoTests/ConnInfoVectors.swift
    .venv/bin/python script/make-conninfo-vectors.py answers [--count 100000] [--seed 18] > FILE
    WEIR_LIBPQ_ANSWERS=FILE swift test --filter PGConnInfoTests

`vectors` are few, readable and kept. Rows where we differ on purpose are not among them: errors that would show a
password, values that are not UTF-8. `answers` are many, of any bytes, and made anew by script/test; how they are laid
out is said at write_answers.

libpq is that of psycopg[binary]; --library names another.
"""

import argparse
import ctypes
import glob
import os
import random
import sys
import tempfile

CHOSEN = """
host=db port=5432|password='it\\'s' user=a\\ b|host=a host=b|host= port=1|host|host  x=1|port=1 password='oops
port=1 hots=db|host='' port=''|user='a'host='b'|user='a'x=1|user=a'b'c|user=a\\|user='a\\|user=\\'|user=\\\\|=x|= x
a\\=b|user = a|'user'=a|user==a|user=a=b|HOST=a|Host=a|requiressl=1|requiressl=0|requiressl=|requiressl=10
sslmode=allow requiressl=1|requiressl=1 sslmode=allow|ssl=true|authtype=x|tty=x|servicefile=x|dbname=postgresql://x
user=é|user=日本|POSTGRESQL://h/d| postgresql://h|postgresql+asyncpg://h|postgresql:/h|postgres:h|postgresql://u:p:w@h
postgresql://u:p@w@h|postgresql://u:p/w@h|postgresql://u:a?b#c+d@h|postgresql:///db#frag
postgresql://h?application_name=a+b|postgresql://h/a/b|postgresql://h?user=a&|postgresql://h?&user=a
postgresql://h?user=a&&host=b|postgresql://h?user=a&user=b|postgresql://h?USER=a|postgresql://h?ssl=true
postgresql://h?ssl=false|postgresql://h?ssl=TRUE|postgresql://h?%73sl=tru%65|postgresql://h1:1,h2:2
postgresql://h1,h2,h3:6543/db|postgresql://h1:1,:2|postgresql://,|postgresql://h1,%20h2
postgresql://[::1]:77,[::2]/x|postgresql://[fe80::1%25eth0]/|postgresql://[fe80::1%eth0]/|postgresql://[a,b]:1
postgresql://[::1],h|postgresql://[::1]?user=a|postgresql://[]:1|postgresql://[::1]]|postgresql://[[::1]/
postgresql://h[::1]/|postgresql://%2Fvar%2Frun:5433|postgresql://@h|postgresql://:@h|postgresql://u:@h
postgresql://:p@h|postgresql://@@h|postgresql://u@/d|postgresql:///|postgresql://h:abc|postgresql://h:1:2
postgresql://%C3%A9|postgresql://é|postgresql://h: 5432 /db|postgresql:// h /db|postgresql://h/d b
postgresql://h?user=a%20b|postgresql://h?user=%20a|postgresql://h? user =a|postgresql://h?us er=a
postgresql://h\t/db|postgresql://h?options=-c%20a%3Db|postgresql://h?options=-c a=b|postgresql://h?requiressl=1
postgresql://h?=a|postgresql://h?user|postgresql://h?user=|postgresql://u@h?user=|postgresql://h/%|postgresql://h/%4
postgresql://h/%4g|postgresql://h/%g4|postgresql://h/%00|postgresql://h/a%0Ab|postgresql://h/?dbname=b
postgresql://a?host=b&port=1&hostaddr=1.2.3.4|postgresql://h??user=a|postgresql://h?user=?
postgresql://h?user=a/b:c@d[e]|postgresql://?hostaddr=::1|postgresql:|postgresql:/|postgresql://?|postgresql://??
postgresql:///?|postgresql://h/?|postgres://h?channel_binding=require&keepalives=0&min_protocol_version=3.0
"""
# In the block above a line feed ends a row, and blanks at the end would not be seen.
WITH_BLANKS = ["user\t=\n a\r\nhost=b", "user=a\vhost=b\fport=1", "postgresql://h\t/db", "",
               "host ", "   ", " user=a ", "postgresql:// ", "postgresql://h?user= a "]
PIECES = """postgresql:// postgres:// @ : / ? , [ ] = & %20 %2F %00 %zz % %41 host user port dbname a b ::1 é # + ssl true
sslmode 1 5432 requiressl options x ' \\""".split() + [" ", "  ", "\t", "\n"]


class Option(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("keyword", "envvar", "compiled", "value", "label", "dispchar")]
    _fields_ += [("dispsize", ctypes.c_int)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["vectors", "answers"])
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--library", help="path of libpq.so.5")
    return parser.parse_args()


def psycopgs_library():
    import psycopg
    folder = os.path.join(os.path.dirname(os.path.dirname(psycopg.__file__)), "psycopg_binary.libs")
    return glob.glob(os.path.join(folder, "libpq-*.so.5*"))[0]


asked = arguments()
libpq = ctypes.CDLL(asked.library or psycopgs_library())
assert libpq.PQlibVersion() // 10000 == 18
libpq.PQconninfoParse.restype = ctypes.POINTER(Option)
libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
libpq.PQconninfoFree.argtypes = [ctypes.POINTER(Option)]
libpq.PQfreemem.argtypes = [ctypes.c_void_p]
libpq.PQconnectStart.restype = ctypes.c_void_p
libpq.PQconnectStart.argtypes = [ctypes.c_char_p]
libpq.PQconninfo.restype = ctypes.POINTER(Option)
libpq.PQfinish.argtypes = libpq.PQconninfo.argtypes = [ctypes.c_void_p]
for text_of_connection in (libpq.PQerrorMessage, libpq.PQpass):
    text_of_connection.restype = ctypes.c_char_p
    text_of_connection.argtypes = [ctypes.c_void_p]


def options(table):
    """The keywords that have a value, in libpq's order; frees the table."""
    found, index = [], 0
    while table[index].keyword:
        if table[index].value is not None:
            found.append((table[index].keyword, table[index].value))
        index += 1
    libpq.PQconninfoFree(table)
    return found


def parse(text):
    """What a connection string, in bytes, says: true and its options, or false and the error."""
    error = ctypes.c_void_p()
    table = libpq.PQconninfoParse(text, ctypes.byref(error))
    if table:
        return True, options(table)
    message = ctypes.string_at(error.value).rstrip(b"\n")
    libpq.PQfreemem(error)
    return False, message


def shows_more(text, message):
    if "in URI" in message and "parameter" not in message:
        return "@" in text or "?" in text
    return ("%" in message or "spaces" in message) and ("@" in text or "password" in text)


# Keyword to variable, as libpq knows them.
ENVIRONMENT = {}
libpq.PQconndefaults.restype = ctypes.POINTER(Option)
defaults = libpq.PQconndefaults()
for known in range(1000):
    if not defaults[known].keyword:
        break
    if defaults[known].envvar:
        ENVIRONMENT[defaults[known].keyword] = defaults[known].envvar
libpq.PQconninfoFree(defaults)


def made_up():
    chance = random.Random(asked.seed or 5432)
    for _ in range(asked.count or 500):
        start = chance.choice(["postgresql://", "postgres://", "postgresql://h?", "", "user=a "])
        yield start + "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 9)))


def literal(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c else "\\u{%x}" % ord(c) for c in text) + '"'


def write_vectors():
    print("// Generated by script/make-conninfo-vectors.py; do not edit.\n")
    print("/// Connection strings with what libpq 18 says: its options or its error.")
    print("let connInfoVectors: [(input: String, isValid: Bool, printed: String)] = [")
    chosen = [text for line in CHOSEN.split("\n") if line for text in line.split("|")]
    seen = set()
    for text in [*WITH_BLANKS, *chosen, *made_up()]:
        valid, answer = parse(text.encode())
        try:
            printed = (
                "".join(f"{keyword.decode()}='{value.decode()}' " for keyword, value in answer)
                if valid
                else answer.decode()
            )
        except UnicodeDecodeError:
            continue
        if text not in seen and (valid or not shows_more(text, printed)):
            seen.add(text)
            print(f"    ({literal(text)}, {'true' if valid else 'false'}, {literal(printed)}),")
    print("]")


# What the many strings are made of: bytes, and words that lead somewhere.
WORDS = [word.encode() for word in """host hostaddr port user password dbname service sslmode options application_name
require_auth sslpassword requiressl ssl true connect_timeout schema databse 1 5432 0 db1 db2 ::1 /tmp @abstract disable
prefer verify-full system postgresql postgres""".split()]
MARKS = [mark.encode() for mark in "://|@|:|/|?|,|[|]|=|&| |  |%|%20|%2F|%41|%3d|%00|%0|%zz|%C3%A9|%ff|%E9|%80|#|+|;"
         "|\\|'"
         "|\"|\t|\n|\r|\v|\f|''|\\\\|\\'|é|日本|\u00a0|~|$".split("|")]
MARKS += [b"|", b"\xff", b"\xc3", b"\x80", b"\x85", b"\xa0", b"\x01"]


def bytes_of_any_kind(chance):
    return bytes(chance.randint(1, 255) for _ in range(chance.randint(0, 24)))


def pieces(chance):
    start = chance.choice([b"", b"", b"postgresql://", b"postgres://", b"postgres://h?", b"postgres://h/d?user="])
    rest = (chance.choice(WORDS if chance.random() < 0.5 else MARKS) for _ in range(chance.randint(0, 14)))
    return start + b"".join(rest)


def word(chance):
    return b"".join(
        chance.choice(WORDS if chance.random() < 0.8 else MARKS) for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 3])))


def uri(chance):
    """One that may well be right."""
    text = chance.choice([b"postgresql://", b"postgres://"])
    if chance.random() < 0.5:
        text += word(chance) + (b":" + word(chance) if chance.random() < 0.6 else b"") + b"@"
    text += b",".join(
        (b"[%s]" % chance.choice([b"::1", b"fe80::1%25eth0", word(chance)]) if chance.random() < 0.2 else word(chance))
        + (b":" + word(chance) if chance.random() < 0.4 else b"")
        for _ in range(chance.choice([1, 1, 1, 2, 3])))
    if chance.random() < 0.6:
        text += b"/" + word(chance)
    if chance.random() < 0.6:
        text += b"?" + b"&".join(
            chance.choice(WORDS[:15]) + b"=" + word(chance) for _ in range(chance.randint(0, 3)))
    return text


def keywords(chance):
    """Keywords and values that may well be right."""
    def blanks():
        return b" " * chance.choice([0, 0, 0, 1]) or chance.choice([b"", b"", b"", b"\t", b"\n", b"\v"])

    def value():
        inner = word(chance) if chance.random() < 0.7 else bytes_of_any_kind(chance)
        if chance.random() < 0.5:
            return inner
        return b"'" + inner.replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'"

    return b" ".join(
        chance.choice(WORDS[:15]) + blanks() + b"=" + blanks() + value() for _ in range(chance.randint(0, 4)))


def damaged(chance, text):
    for _ in range(chance.randint(1, 2)):
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice([b"", chance.choice(MARKS)]) + text[place + chance.randint(0, 1):]
    return text


def string(chance):
    """A connection string of one kind or another; no zero byte, where C's strings end."""
    kind = chance.random()
    if kind < 0.05:
        return bytes_of_any_kind(chance)
    if kind < 0.4:
        return pieces(chance)
    text = uri(chance) if kind < 0.75 else keywords(chance)
    return damaged(chance, text) if chance.random() < 0.3 else text


# What is set in the tests of how a connection string is completed and judged: hosts that nobody is at.
SETTINGS = {
    "host": "/none /none,/none2 /none,,@none '' , /none".split(),
    "hostaddr": ["127.0.0.1", "127.0.0.1,127.0.0.1", "''", ",127.0.0.1"],
    "port": ["1", "7", "1,2", "1,,3", "''", "0", "65536", "x", "' 7 '", "+7", "-1", "0x7", "7.", "99999999999"],
    "user": ["ann", "''", "é"], "dbname": ["app", "''", "postgresql://x/y", "a=b"],
    "password": ["geheim", "''", "'a b'"],
    "passfile": ["other", "''"], "service": ["one", "two", "one", "two", "one", "''", "'a b'", "none"],
    "channel_binding": ["disable", "prefer", "require", "Prefer", "''"],
    "sslmode": ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "bad", "''", "Require"],
    "sslnegotiation": ["postgres", "direct", "bad", "''"], "sslcertmode": ["disable", "allow", "require", "x", "''"],
    "sslrootcert": ["system", "file", "''", "System"], "sslcert": ["file"], "sslsni": ["0", "''"],
    "require_auth": ["password", "!password", "!md5,!gss", "md5,scram-sha-256,none", "md5,!gss", "!md5,gss", "md5,md5",
                     "!md5,!md5", "''", ",", "md5,", "!", "!!md5", "MD5", "oauth,sspi,x", "!x,!x", "md5,!x", "' md5'"],
    "min_protocol_version": ["3.0", "3.2", "latest", "3.1", "''"],
    "max_protocol_version": ["3.0", "3.2", "latest", "3", "''"],
    "ssl_min_protocol_version": ["TLSv1", "tlsv1.1", "TLSv1.2", "TLSV1.3", "TLSv1.4", "''"],
    "ssl_max_protocol_version": ["TLSv1", "tlsv1.1", "TLSv1.2", "TLSV1.3", "1.2", "''"],
    "gssencmode": ["disable", "prefer", "bad", "''"], "load_balance_hosts": ["disable", "random", "bad", "''"],
    "target_session_attrs": "any read-write read-only primary standby prefer-standby bad any,any ''".split(),
    "scram_client_key": ["A" * 43 + "=", "x", "AAAA", "''", "A" * 44, "+/" * 21 + "A="],
    "scram_server_key": ["A" * 43 + "=", "AA==", "A" * 43],
    "options": ["'-c a=b'", "''"], "application_name": ["x", "''"], "fallback_application_name": ["y"],
    "connect_timeout": ["0", "5", "-3", "' 1 '"], "keepalives": ["0", "1"], "client_encoding": ["latin1", "UTF8"],
    "replication": ["true", "database"], "requiressl": ["1", "0"], "krbsrvname": ["x"], "tcp_user_timeout": ["7"],
}


def settings(chance, most):
    chosen = chance.sample([name for name in SETTINGS if name != "service"], chance.choice([0, 1, 1, 2, 2, 3, most]))
    if chance.random() < 0.4:  # most values are good alone: judge them with others
        chosen += chance.sample(["sslmode", "sslrootcert", "sslnegotiation", "host", "hostaddr", "port"], 3)
    if chance.random() < 0.2:
        chosen += ["service"]
    return [(name, chance.choice(SETTINGS[name])) for name in dict.fromkeys(chosen)]


def environment(chance):
    """Variables that name libpq's settings, and some that do not."""
    values = {}
    for name, value in settings(chance, 8) if chance.random() < 0.6 else []:
        variable = ENVIRONMENT.get(name.encode())
        if variable:
            values[variable] = value.strip("'").encode()
    if chance.random() < 0.1:
        values[b"PGREQUIRESSL"] = chance.choice([b"1", b"0", b"", b"10"])
    return values


def service_file(chance):
    lines = [chance.choice(["[one]", "[two]", "", "[a b]", "[]"])]
    for _ in range(chance.randint(0, 8)):
        kind = chance.random()
        name, value = chance.choice(list(SETTINGS)), None
        value = chance.choice(SETTINGS[name]).strip("'")
        if kind < 0.2:
            lines.append(chance.choice(
                ["[one]", "[two]", "[]", "[a b]", "[one] x", " [two]", "[onetwo]", "[one", "[three]"]))
        elif kind < 0.85:
            lines.append(f"{name}={value}")
        else:
            lines.append(chance.choice([
                "", "# c", "  # c", " host=/none", "host =/none", "dbname= x", "host", "=x", "hots=x", "service=two",
                "password=a=b'c", "user='x'", "\tport=7 \t", "port=7\r", "requiressl=1",
                "#" + "x" * chance.choice([1020, 1021, 1022, 3000])]))
    return ("\n".join(lines) + chance.choice(["", "\n"])).encode()


# Hosts, and what the password file calls the last of them.
HOSTS = [("/db", "/db"), ("/d:b", "/d:b"), ("@x", "@x"), ("", "localhost"), ("/other,/db", "/db"),
         ("/db,", "localhost"), ("/var/run/postgresql", "localhost")]


def password_file(chance, wanted):
    """Lines of which some are about the wanted host, port, database and user."""
    def field(good):
        protected = good.replace("\\", "\\\\").replace(":", "\\:")
        kinds = ["*", "*", "**", "", "x", "\\*", good, "\\" + good, good + "\\", protected + "\\:", protected + "x"]
        return protected if chance.random() < 0.85 else chance.choice(kinds)

    lines = []
    for _ in range(chance.randint(1, 5)):
        if chance.random() < 0.15:
            lines.append(chance.choice(["", "#", " ", "*:*:*:*", ":", "*:*:*:*\\:x", "#*:*:*:*:x"]))
        elif chance.random() < 0.03:
            lines.append(chance.choice(["\0", "*:*:*:*:a\0b"]))
        else:
            password = chance.choice(["geheim", "", "a\\:b", "a:b", "a\\", "a\\\\b", " x ", "é", "x\r", "\\x"])
            lines.append(":".join([*map(field, wanted), password]) + chance.choice(["", "", "", "\r", "\r\r"]))
    return ("\n".join(lines) + chance.choice(["", "\n"])).encode()


def begin(text, variables=None):
    """Begins to connect. The password, and the options in the end or the error that has nothing to do with a server."""
    for name, value in (variables or {}).items():
        os.environb[name] = value
    connection = libpq.PQconnectStart(text)
    for name in variables or {}:
        del os.environb[name]
    lines = [line for line in libpq.PQerrorMessage(connection).split(b"\n")
             if line and not line.startswith((b"connection to server", b"\tIs the server"))]
    # Several servers may have complaints; but the first line tells of a single mistake.
    error = lines[0] if lines else None
    table = libpq.PQconninfo(connection) if error is None else None
    answer = options(table) if table else []
    password = libpq.PQpass(connection)
    libpq.PQfinish(connection)
    return password, answer, error


def row(*fields):
    """One line: fields in hexadecimal, a lone “-” for none."""
    print(" ".join("-" if field is None else "." + field.hex() for field in fields))


def table(pairs):
    return b"".join(name + b"\0" + value + b"\0" for name, value in pairs)


def private_file(path):
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)


def rewrite(file, text):
    """Without closing it: some file systems would bring it to the disk each time."""
    file.seek(0)
    file.write(text)
    file.truncate()


def write_answers():
    """Lines of fields. The first says what was asked:

    parse INPUT OPTIONS -        a string and its options: names and values, each ended by a zero byte
    parse INPUT - ERROR          … or what is wrong with it
    complete INPUT VARIABLES FILE OPTIONS -
                                 a string with an environment and a service file, and what libpq connects with
    complete INPUT VARIABLES FILE - ERROR
    password INPUT FILE PASSWORD a string and a password file, and what it has for the last of the hosts
    """
    chance = random.Random(asked.seed or 18)
    count = asked.count or 100_000
    for _ in range(count):
        text = string(chance)
        valid, answer = parse(text)
        row(b"parse", text, table(answer) if valid else None, None if valid else answer)

    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(PGSERVICEFILE="services", PGSYSCONFDIR="none", HOME="/home/ann")
        service_text, password_text = private_file("services"), private_file("passwords")
        for _ in range(count // 10):
            text = " ".join(f"{name}={value}" for name, value in settings(chance, 6)).encode()
            variables, services = environment(chance), service_file(chance)
            rewrite(service_text, services)
            _, answer, error = begin(text, variables)
            row(b"complete", text, table(variables.items()), services, None if error else table(answer), error)
        for _ in range(count // 20):
            host, port = chance.choice(HOSTS), chance.choice(["5432", "7", " 7", ""])
            database, user = chance.choice(["app", "a:b", ""]), chance.choice(["ann", "a\\b"])
            text = " ".join(
                f"{name}='{value}'" for name, value in
                [("host", host[0]), ("port", port), ("dbname", database), ("user", user.replace("\\", "\\\\")),
                 ("passfile", "passwords")]).encode()
            file = password_file(chance, [host[1], port or "5432", database or user, user])
            rewrite(password_text, file)
            row(b"password", text, file, begin(text)[0] or b"")
        os.chdir("/")


write_vectors() if asked.what == "vectors" else write_answers()
