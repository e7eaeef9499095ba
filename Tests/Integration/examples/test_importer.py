"""The command-line importer of Examples/Importer."""

import errno
import os
import pty
import signal

import pytest

from support.examples import program
from support.waiting import DEADLINE, eventually

LINES = 200_000


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A CSV file of 13 MB."""
    path = tmp_path_factory.mktemp("csv") / "people.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write('id,"full name",note\n')
        file.writelines(f'{n},"Ann, no. {n}","she said ""é"" and nothing more, and nothing less"\n' for n in range(LINES))
    return path


@pytest.fixture
def run(start, own_postgres):
    uri = f"postgresql://alice@{own_postgres.host}:{own_postgres.port}/app"

    def run(*arguments):
        process = start("csv-import", "--database", uri, *arguments)
        output, _ = process.communicate(timeout=DEADLINE)
        return process.returncode, output
    return run


def count(postgres, table):
    return int(postgres.sql(f"select count(*) from {table}").rows[0][0])


def test_a_file_is_loaded(run, own_postgres, people):
    code, output = run(people, "people", "--create")
    assert code == 0 and output.startswith(f"people: {LINES} rows in ")
    assert count(own_postgres, "people") == LINES
    rows = own_postgres.sql('select "full name", note from people where id = \'7\'').rows
    assert [str(value, "utf-8") if isinstance(value, bytes) else value for value in rows[0]] == [
        "Ann, no. 7", 'she said "é" and nothing more, and nothing less']


def test_a_broken_line_undoes_everything_and_is_shown(run, own_postgres, people, tmp_path):
    broken = tmp_path / "broken.csv"
    lines = people.read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(LINES // 2, "1,2,3,4\n")
    broken.write_text("".join(lines), encoding="utf-8")
    code, output = run(broken, "broken", "--create")
    assert code == 1
    assert "nothing was loaded" in output and "22P04" in output
    assert f"COPY broken, line {LINES // 2 + 1}" in output
    assert own_postgres.sql("select to_regclass('broken')").rows[0][0] is None


def test_a_missing_file_and_a_missing_table_are_reported(run, people, tmp_path):
    code, output = run(tmp_path / "nonesuch.csv", "people")
    assert code == 1 and "nonesuch.csv cannot be read" in output
    code, output = run(people, "nonesuch")
    assert code == 1 and 'relation "nonesuch" does not exist' in output


def test_control_c_undoes_everything(start, own_postgres, tmp_path):
    own_postgres.sql("drop table if exists piped; create table piped (id int)")
    pipe = tmp_path / "endless.csv"
    os.mkfifo(pipe)
    uri = f"postgresql://alice@{own_postgres.host}:{own_postgres.port}/app"
    process = start("csv-import", "--database", uri, pipe, "piped")
    with open(pipe, "w", encoding="utf-8") as file:
        file.write("id\n" + "1\n" * 500_000)
        file.flush()
        eventually(lambda: own_postgres.sql(
            "select 1 from pg_stat_progress_copy where tuples_processed > 0").rows, "rows on their way")
        process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130 and "stopped, nothing was loaded" in output
    assert count(own_postgres, "piped") == 0


def test_on_a_terminal_there_is_a_bar(own_postgres, people):
    own_postgres.sql("drop table if exists people")
    uri = f"postgresql://alice@{own_postgres.host}:{own_postgres.port}/app"
    child, terminal = pty.fork()
    if child == 0:
        os.execv(program("csv-import"), ["csv-import", "--database", uri, str(people), "people", "--create"])
    shown, status = b"", None
    try:
        try:
            while piece := os.read(terminal, 4096):
                shown += piece
        except OSError as end:
            assert end.errno == errno.EIO  # Linux reports the end so.
        status = os.waitpid(child, 0)[1]
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert "░".encode() in shown and b"MB/s" in shown and b"rows in" in shown
