"""The machine, in words and in figures: results are meaningless without it."""

import os
import platform
import re


def describe():
    """The machine on which the results were measured."""
    facts = {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory() / 1e9),
        "kernel": platform.release(),
        "system": distribution(),
        "virtual": has_flag("hypervisor"),
        "load": round(os.getloadavg()[0], 2),
    }
    return {**facts, "words": words(facts)}


def words(facts):
    kind = "virtual machine" if facts["virtual"] else "machine"
    cores = "1 core" if facts["cores"] == 1 else f"{facts['cores']} cores"
    return (f"A {kind} with {cores} of an {facts['processor']}, {facts['memory_gb']} GB of memory, "
            f"{facts['system']}, Linux {facts['kernel']}. Everything runs on it: the pooler, PostgreSQL and the "
            f"clients. The load average was {facts['load']} when the run began.")


def cpuinfo():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return file.read()


def processor():
    model = re.search(r"model name\s*: (.*)", cpuinfo())
    return model[1].strip() if model else platform.machine()


def has_flag(name):
    flags = re.search(r"^flags\s*:(.*)", cpuinfo(), re.MULTILINE)
    return bool(flags) and name in flags[1].split()


def memory():
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def distribution():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
