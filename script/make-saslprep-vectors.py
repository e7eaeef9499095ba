#!/usr/bin/env python3
"""Generates Tests/PGAuthTests/SASLprepVectors.swift: passwords, and the form that PostgreSQL hashes.

    PGHOST=… PGDATABASE=… python3 script/make-saslprep-vectors.py > Tests/PGAuthTests/SASLprepVectors.swift

The expected form is computed with Python's stringprep and unicodedata. Then each password is given to a role of a
server, as superuser through psql, and the stored secret must be that of the expected form; no row is written
unless all agree. The database must have the encoding SQL_ASCII, so that any bytes reach the server.
"""

import base64
import hashlib
import hmac
import random
import re
import stringprep as s
import subprocess
import unicodedata

CHOSEN = [
    b"pencil", b"tab\there", b"\x7f", "I\u00adX".encode(), "user\u00aa".encode(), "\u2168".encode(),
    "\u00adé".encode(),
    "\u00ad".encode(), "\u200b\u00ad".encode(), "a\u200bb".encode(), "a\u00a0b".encode(), "a\u3000b".encode(),
    "\u0627\u0031".encode(), "\u06271\u0628".encode(), "\u0627a\u0628".encode(), "a\u0627".encode(), "é\x07".encode(),
    "é\x7f".encode(), "\u0221".encode(), "\U0001f600".encode(), "\ue000".encode(), "\ufdd0".encode(),
    "\ufffd".encode(),
    "\u2ff0".encode(), "\u200e".encode(), "\u0340".encode(), "\U000e0001".encode(), "e\u0301".encode(), "é".encode(),
    "Å\u212b\u0041\u030a".encode(), "\u1e9b\u0323".encode(), "a\u0323\u0302".encode(), "a\u0302\u0323".encode(),
    "a\u0305\u0302".encode(), "\u1100\u1161\u11a8".encode(), "\uac01".encode(), "\u1100\u1161\u11a7".encode(),
    "\uac00\u11a8\u11a8".encode(), "\u1112\u1175\u11c2".encode(), "\u1113\u1161".encode(), "\ufb01".encode(),
    "\ufdfa".encode(), "\u0958".encode(), "\u2126".encode(), "\U0001d400\U0001d7ff".encode(), "\U0002f868".encode(),
    "\U0002f874".encode(), "\U0002f91f".encode(), "\U0002f95f".encode(), "\U0002f9bf".encode(),
    "\uff21\uff76\uff9e".encode(),
    "\u0344".encode(), "\u0f73".encode(), "\u0958\u093c".encode(), "\u1d15e".encode(), "\U0001d15e".encode(),
    "\u09c7\u09be".encode(), "\u0bc6\u0bbe".encode(), "\u1025\u102e".encode(), "\u0438\u0306".encode(),
    "\u2260=\u0338".encode(), "\u2add".encode(), "\u00bd\u2153".encode(), "\u3392".encode(), "пароль".encode(),
    "パスワード".encode(), "密码".encode(), "סיסמה".encode(), "كلمةالسر".encode(), "\u05d0\u0301\u05d1".encode(),
    "\u05d0\u05d1\u0301".encode(), "\ufb1d\ufefc".encode(), "e\u0301\u0301".encode(), "\u0301é".encode(),
   
   
    *(f"{letter}\u00aa".encode() for letter in
      "\u0221\ue000\u200e\x07\x7f\x80\u2ff0\ufdd0\U000e0001\ufffd\u0340\u2028"),
    "\u0627\uff21\u0628".encode(), "\u0627\u00bd".encode(), "\u00bd\u0627".encode(), "\u2135a".encode(),
    b"\xff", b"caf\xe9", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x28\xa1",
    b"\xf8\x88\x80\x80\x80",
]


def generated():
    chance = random.Random(4013)
    marks = [c for c in map(chr, range(0x300, 0x1E900)) if unicodedata.combining(c) and not s.in_table_a1(c)]
    broken = [c for c in map(chr, range(0xA0, 0x2FA1E)) if unicodedata.decomposition(c)]
    plain = [c for c in map(chr, range(0x20, 0x3100)) if not s.in_table_a1(c)]
    anything = [chr(c) for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]
    for index in range(480):
        pools = [broken, marks, broken, marks, plain[:95]] if index < 400 else [plain, broken, marks, anything]
        yield "".join(chance.choice(chance.choice(pools)) for _ in range(chance.randint(1, 7))).encode()


def prepared(password):
    if all(byte < 0x80 for byte in password):
        return password
    try:
        text = password.decode()
    except UnicodeDecodeError:
        return password
    text = "".join(" " if s.in_table_c12(c) else c for c in text if s.in_table_c12(c) or not s.in_table_b1(c))
    tests = (s.in_table_a1, s.in_table_c12, s.in_table_c21_c22, s.in_table_c3, s.in_table_c4, s.in_table_c5,
             s.in_table_c6, s.in_table_c7, s.in_table_c8, s.in_table_c9)
    if not text or any(test(c) for c in text for test in tests):
        return password
    if any(map(s.in_table_d1, text)):
        if any(map(s.in_table_d2, text)) or not (s.in_table_d1(text[0]) and s.in_table_d1(text[-1])):
            return password
    return unicodedata.normalize("NFKC", text).encode()


def psql(script):
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"]
    return subprocess.run(command, input=script, stdout=subprocess.PIPE, check=True).stdout


def stored(passwords):
    script = b"begin; set password_encryption = 'scram-sha-256'; create role saslprep_vector;\n"
    for password in passwords:
        script += b"alter role saslprep_vector password E'%b';\n" % b"".join(b"\\x%02x" % byte for byte in password)
        script += b"select rolpassword from pg_authid where rolname = 'saslprep_vector';\n"
    return psql(script + b"rollback;\n").decode().split()


def belongs(secret, form):
    rounds, salt, _, server = re.fullmatch(r"SCRAM-SHA-256\$(\d+):(.*)\$(.*):(.*)", secret).groups()
    salted = hashlib.pbkdf2_hmac("sha256", form, base64.b64decode(salt), int(rounds))
    return hmac.digest(salted, b"Server Key", "sha256") == base64.b64decode(server)


passwords = CHOSEN + list(generated())
secrets = stored(passwords)
assert len(secrets) == len(passwords)
wrong = [password.hex() for password, secret in zip(passwords, secrets) if not belongs(secret, prepared(password))]
assert not wrong, wrong

print("// Generated by script/make-saslprep-vectors.py; do not edit.\n")
version = psql(b"show server_version").decode().split()[0]
print(f"/// Passwords and their prepared forms in hexadecimal, checked against PostgreSQL {version}.")
print("let saslprepVectors = \"\"\"")
for password in passwords:
    print(f"    {password.hex()} {prepared(password).hex()}")
print("    \"\"\"")
