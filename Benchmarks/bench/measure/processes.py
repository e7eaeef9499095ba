"""The processes of a pooler: it is started as the leader of a new session, and its children stay in it."""

import os


def members(leader):
    """The process IDs of the session that `leader` leads, including itself if it still runs."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and session(name) == leader:
            found.append(int(name))
    return found


def session(pid):
    fields = stat(pid)
    return int(fields[3]) if fields else None


def stat(pid):
    """The fields of /proc/PID/stat after the name (so the state is field 0), or None if the process has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def descriptors(pid):
    """The open descriptors of a process, as /proc names them (`anon_inode:[eventpoll]`, `socket:[…]`)."""
    found = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
        except FileNotFoundError:
            continue
    return found
