"""The unprivileged account that PostgreSQL and the pooler run as when the tests run as root."""

import functools
import os
import pwd
import shutil


@functools.cache
def unprivileged():
    """The account to use, or None when the tests already run without privileges."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("running as root, and neither postgres nor nobody exists")


def popen_options():
    """Keyword arguments of subprocess that start a program as that account."""
    account = unprivileged()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path):
    """Make that account the owner of a path and of all below it."""
    account = unprivileged()
    if account is None:
        return
    for folder, _, files in os.walk(path):
        os.chown(folder, account.pw_uid, account.pw_gid)
        for name in files:
            os.chown(os.path.join(folder, name), account.pw_uid, account.pw_gid)
    if os.path.isfile(path):
        os.chown(path, account.pw_uid, account.pw_gid)


def remove(path):
    shutil.rmtree(path, ignore_errors=True)
