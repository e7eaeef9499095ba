"""PostgreSQL's own programs. `--long` runs a thousand clients for a minute."""

import os
import subprocess

import pytest



def run(postgres, pooler, program, *arguments, **options):
    program = os.path.join(postgres.bin, program)
    return subprocess.run([program, "-h", pooler.host, "-p", str(pooler.port), "-U", "alice", *arguments],
                          capture_output=True, text=True, check=False, timeout=600, **options)


def test_psql_script(start_pooler, postgres):
    pooler = start_pooler(pool_mode="transaction", default_pool_size=2)
    script = r"""
        \set ON_ERROR_STOP on
        begin;
        create temporary table t (id int, name text) on commit drop;
        \copy t from stdin
1	one
2	two
\.
        select name from t order by id;
        commit;
        \c app
        select 'after reconnecting';
    """
    said = run(postgres, pooler, "psql", "-XqAt", "app", input=script)
    assert said.returncode == 0, said.stderr
    assert said.stdout.split("\n")[:2] == ["one", "two"]
    assert "after reconnecting" in said.stdout


def test_psql_on_the_console(start_pooler, postgres):
    pooler = start_pooler()
    said = run(postgres, pooler, "psql", "-XAt", "-U", "admin", "pgbouncer", "-c", "show databases")
    assert said.returncode == 0 and said.stdout.startswith("app|")


@pytest.fixture(scope="module")
def bench_tables(postgres):
    subprocess.run([os.path.join(postgres.bin, "pgbench"), "-i", "-q", "-s", "1", "-h", "127.0.0.1",
                    "-p", str(postgres.port), "-U", "postgres", "other"], check=True, capture_output=True)


@pytest.mark.seconds(700)
@pytest.mark.parametrize("mode, arguments", [
    ("transaction", ["-M", "simple"]), ("transaction", ["-M", "extended"]),
    # Not TPC-B: pgbench waits for each Parse with its whole thread, and so for its own clients' transactions.
    ("transaction", ["-M", "prepared", "-S"]),
    ("transaction", ["-M", "simple", "-C"]), ("transaction", ["-M", "simple", "-S"]), ("session", ["-M", "prepared"]),
    ("statement", ["-M", "simple", "-S"])], ids=lambda value: value if isinstance(value, str) else "".join(value))
@pytest.mark.usefixtures("bench_tables")
def test_pgbench(start_pooler, postgres, long_run, mode, arguments):
    pooler = start_pooler(pool_mode=mode, default_pool_size=20, max_client_conn=2000, databases={
        "other": f"host=127.0.0.1 port={postgres.port} dbname=other"})
    clients = 20 if mode == "session" else 1000 if long_run else 60
    seconds = 60 if long_run else 2
    said = run(postgres, pooler, "pgbench", "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), *arguments,
               "other")
    assert said.returncode == 0, said.stderr[-2000:]
    assert "number of failed transactions: 0 " in said.stdout
    assert len(postgres.connections("alice", "other")) <= 20


@pytest.mark.seconds(700)
@pytest.mark.usefixtures("bench_tables")
def test_pgbench_sums_agree(start_pooler, postgres):
    """TPC-B's sums agree: no statement was lost, doubled, or run in another client's transaction."""
    pooler = start_pooler(pool_mode="transaction", default_pool_size=5, databases={
        "other": f"host=127.0.0.1 port={postgres.port} dbname=other"})
    said = run(postgres, pooler, "pgbench", "-n", "-c", "30", "-j", "2", "-t", "40", "other")
    assert said.returncode == 0 and "transactions actually processed: 1200/1200" in said.stdout
    with postgres.login(database="other") as direct:
        sums = direct.ask("select (select sum(abalance) from pgbench_accounts), "
                          "(select sum(bbalance) from pgbench_branches), "
                          "(select sum(tbalance) from pgbench_tellers), "
                          "(select sum(delta) from pgbench_history)").rows[0]
    assert len(set(sums)) == 1
