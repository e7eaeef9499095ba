"""What `weir bench` reports is what PostgreSQL saw."""

import json

import pytest


@pytest.mark.parametrize("protocol", ["simple", "extended", "prepared"])
def test_closed_loop_counts_what_postgres_counted(bench, counter, protocol):
    report = bench.report("-c", 8, "-T", "1s", "--warm-up", "300ms", "-M", protocol, "-q", counter.sql, bench.uri())
    assert report["failed"] == 0 and report["transactions"] > 0
    assert counter.value() == report["transactions"] + report["warm_up"]["transactions"]
    assert report["connections"] == {"clients_at_start": 8, "made": 8, "lost": 0, "failed": 0}
    assert report["latency_ms"]["service"]["count"] == report["transactions"]
    assert report["latency_ms"]["response"] is None


def test_exactly_as_many_transactions_as_asked_for(bench, counter):
    for more in ([], ["-C"], ["-R", "2000"]):
        before = counter.value()
        report = bench.report("-t", 200, "-c", 5, "-q", counter.sql, *more, bench.uri())
        assert report["transactions"] == 200
        assert counter.value() == before + 201


def test_open_loop_keeps_its_rate(bench, counter):
    for arrival in ("uniform", "poisson"):
        report = bench.report("-R", 200, "--arrival", arrival, "-T", "2s", "--warm-up", "0", "-q", counter.sql,
                              bench.uri())
        # However slow the machine: what was due in two seconds has an outcome, or is said to have none.
        due = report["transactions"] + report["not_begun"]
        assert due == 400 if arrival == "uniform" else 300 < due < 500
        assert report["latency_ms"]["response"]["count"] == due
        assert report["latency_ms"]["response"]["max"] >= report["latency_ms"]["service"]["max"]


def test_open_loop_counts_the_waiting(bench):
    """One client and a query of 100 ms make 10 a second; 50 are due."""
    report = bench.report("-c", 1, "-R", 50, "--arrival", "uniform", "-T", "2s", "--warm-up", "0",
                          "-q", "select pg_sleep(0.1)", bench.uri())
    assert report["not_begun"] > 0
    assert report["transactions"] + report["not_begun"] == 100
    assert report["latency_ms"]["response"]["p50"] > 300
    assert any("found no free client" in warning for warning in report["warnings"])


def test_think_time(bench):
    report = bench.report("-c", 2, "-T", "2s", "--warm-up", "0", "--think-time", "100ms", bench.uri())
    assert 0 < report["transactions"] <= 42
    assert report["options"]["think_time"] == {"mean_ms": 100.0, "pattern": "fixed"}


def test_a_script_is_one_transaction(bench, postgres):
    postgres.sql("drop table if exists bench_rows; create table bench_rows (a int, b int)")
    script = bench.folder / "script.sql"
    script.write_text("\\set a random(1, 3 * :scale)\n"
                      "begin; insert into bench_rows values (:a, {random:-2:2});\n"
                      "insert into bench_rows values (:a, 0); -- the same number; again\n"
                      "commit;\n", encoding="utf-8")
    for protocol in ("simple", "extended", "prepared"):
        report = bench.report("-f", script, "-D", "scale=2", "-t", 50, "-c", 4, "-M", protocol, bench.uri())
        assert report["transactions"] == 50
    found = postgres.sql("select count(*), min(a), max(a), min(b), max(b), count(distinct xmin::text) from bench_rows")
    assert list(found.rows[0]) == ["300", "1", "6", "-2", "2", "150"]
    # Both statements of a transaction got the same number.
    torn = "select xmin::text from bench_rows group by xmin::text having min(a) <> max(a)"
    assert not postgres.sql(torn).rows


def test_the_same_seed_sends_the_same_numbers(bench, postgres):
    def numbers(seed):
        postgres.sql("drop table if exists bench_numbers; create table bench_numbers (a bigint)")
        bench.report("-c", 1, "-t", 20, "--seed", seed, "-q",
                     "insert into bench_numbers values ({random:1:1000000})", bench.uri())
        return postgres.sql("select a from bench_numbers order by ctid").rows
    assert numbers(5) == numbers(5) != numbers(6)


def test_compare_takes_turns(bench, start_pooler, counter):
    pooler = start_pooler(pool_mode="transaction")
    through = f"postgresql://alice@{pooler.host}:{pooler.port}/app"
    report = bench.report(bench.uri(), "--compare", through, "--rounds", 3, "-T", "900ms", "--warm-up", "100ms",
                          "-c", 4, "-q", counter.sql)
    assert len(report["rounds"]) == 3
    ratio = report["ratios"]["tps"]
    assert 0 < ratio["lowest"] <= ratio["median"] <= ratio["highest"]
    sides = [report["first"], report["second"]]
    assert all(side["failed"] == 0 for side in sides)
    assert counter.value() == sum(side["transactions"] + side["warm_up"]["transactions"] for side in sides)


def test_the_json_file_and_the_table(bench):
    done = bench.run("-T", "500ms", "--warm-up", "0", "--json", "report.json", bench.uri())
    assert done.returncode == 0, done.stderr
    assert "service time" in done.stdout and "coordinated omission" in done.stdout
    report = json.loads((bench.folder / "report.json").read_text(encoding="utf-8"))
    buckets = report["histogram_ns"]["service"]
    assert sum(count for _, _, count in buckets) == report["transactions"]
    assert all(low <= high for low, high, _ in buckets)
    assert f"{report['transactions']:,}" in done.stdout
    assert report["server_version"]
