"""The client's half of SCRAM-SHA-256 (RFC 7677), and secrets as PostgreSQL stores them."""

import base64
import hashlib
import hmac
import os


def _hmac(key, text):
    return hmac.digest(key, text, "sha256")


def _proof(key, signature):
    return bytes(a ^ b for a, b in zip(key, signature))


def md5_secret(user, password):
    return "md5" + hashlib.md5((password + user).encode()).hexdigest()


def scram_secret(password, salt=None, iterations=4096):
    """`SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server = _hmac(salted, b"Server Key")
    parts = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{parts[0]}${parts[1]}:{parts[2]}"


class ScramClient:
    def __init__(self, password, gs2=b"n,,"):
        self.password = password.encode()
        self.gs2 = gs2
        self.bare = b"n=,r=" + base64.b64encode(os.urandom(18))

    def first(self):
        return self.gs2 + self.bare

    def final(self, server_first):
        fields = dict(part.split(b"=", 1) for part in server_first.split(b","))
        self.salt = base64.b64decode(fields[b"s"])
        self.iterations = int(fields[b"i"])
        salted = hashlib.pbkdf2_hmac("sha256", self.password, self.salt, self.iterations)
        key = _hmac(salted, b"Client Key")
        bare = b"c=" + base64.b64encode(self.gs2) + b",r=" + fields[b"r"]
        text = b",".join((self.bare, server_first, bare))
        self.signature = _hmac(_hmac(salted, b"Server Key"), text)
        return bare + b",p=" + base64.b64encode(_proof(key, _hmac(hashlib.sha256(key).digest(), text)))

    def check(self, server_final):
        proof = b"v=" + base64.b64encode(self.signature)
        assert server_final == proof, "the server did not prove that it knows the secret"
