import Foundation
import Testing
import Weir
import WeirTestSupport

@Suite("Leak reports, metrics and log of a pool")
struct WatchingTests {
    @Test func `A connection held for too long is reported once with its origin`() throws {
        let world = PoolWorld { $0.leakThreshold = .seconds(10) }
        let lease = try world.borrower(line: 17)
        world.advance(by: .milliseconds(9_999))
        #expect(world.log.warnings.isEmpty)
        world.advance(by: .seconds(30))
        #expect(
            world.log.warnings == [
                "warning a connection has been held for 10 s, and may have leaked pool=test taken-at=App/Orders.swift:17"
            ])
        #expect(world.numbers.leaks == 1)
        #expect(
            world.metrics.sum("weir.pool.leaks{db.client.connection.pool.name=test,taken_at=App/Orders.swift:17}") == 1)
        world.release(lease)
        #expect(world.log.entries.contains { $0.contains("reported as a possible leak was released after 39.9 s") })
    }

    @Test func `Each leak is reported at its own time`() throws {
        let world = PoolWorld {
            $0.maximumConnections = 3
            $0.leakThreshold = .seconds(10)
        }
        _ = try world.borrower(line: 1)
        world.advance(by: .seconds(4))
        let returned = try world.borrower(line: 2)
        world.advance(by: .seconds(4))
        world.release(returned)
        _ = try world.borrower(line: 3)
        world.advance(by: .seconds(2))
        #expect(world.numbers.leaks == 1)
        world.advance(by: .seconds(7))
        #expect(world.numbers.leaks == 1)
        world.advance(by: .seconds(1))
        #expect(world.log.warnings.map { $0.suffix(1) } == ["1", "3"])
    }

    @Test func `Short leases are not reported as leaks`() throws {
        let world = PoolWorld { $0.leakThreshold = .seconds(10) }
        for _ in 0..<20 {
            let lease = try world.borrower()
            world.advance(by: .seconds(9))
            world.release(lease)
        }
        #expect(world.log.warnings.isEmpty)
    }

    @Test func `A transaction that is idle for too long is reported once`() throws {
        let world = PoolWorld { $0.idleTransactionThreshold = .seconds(10) }
        let lease = try world.borrower(line: 9)
        lease.server.set { $0.idleTransaction = 1 }
        world.advance(by: .seconds(100))
        #expect(world.log.warnings.count == 1)
        #expect(world.log.warnings.first?.contains("idle in a transaction for 10 s") == true)
        #expect(world.log.warnings.first?.hasSuffix("taken-at=App/Orders.swift:9") == true)
        // Another request, and idle again.
        lease.server.set { $0.idleTransaction = 2 }
        world.advance(by: .seconds(100))
        #expect(world.log.warnings.count == 2)
    }

    @Test func `A transaction that executes statements is not idle`() throws {
        let world = PoolWorld { $0.idleTransactionThreshold = .seconds(10) }
        let lease = try world.borrower()
        for number in 0..<50 {
            lease.server.set { $0.idleTransaction = UInt64(number) }
            world.advance(by: .seconds(4))
        }
        lease.server.set { $0.idleTransaction = nil }
        world.advance(by: .seconds(100))
        #expect(world.log.warnings.isEmpty)
    }

    @Test func `The statistics add up`() throws {
        let world = PoolWorld { $0.maximumConnections = 2 }
        let lease = try world.borrower()
        world.advance(by: .seconds(2))
        let other = try world.borrower()
        let waiting = world.caller()
        world.advance(by: .seconds(3))
        world.release(lease)
        world.release(try waiting.result())
        world.release(other)
        let numbers = world.numbers
        #expect((numbers.total, numbers.idle, numbers.inUse, numbers.waiting) == (2, 2, 0, 0))
        #expect((numbers.acquired, numbers.waited, numbers.created) == (3, 3, 2))
        #expect((numbers.totalWait, numbers.longestWait) == (.seconds(3), .seconds(3)))
        #expect(numbers.totalUse == .seconds(8))
    }

    @Test func `Metrics report waits, uses and connection attempts`() throws {
        let world = PoolWorld(opening: .succeeds(after: .milliseconds(20)))
        let caller = world.caller()
        world.advance(by: .milliseconds(20))
        world.advance(by: .seconds(1))
        world.release(try caller.result())
        let pool = "{db.client.connection.pool.name=test}"
        #expect(world.metrics["db.client.connection.create_time\(pool)"] == [20_000_000])
        #expect(world.metrics["db.client.connection.wait_time\(pool)"] == [20_000_000])
        #expect(world.metrics["db.client.connection.use_time\(pool)"] == [1_000_000_000])
        #expect(world.metrics.sum("weir.pool.created\(pool)") == 1)
    }

    @Test func `Metrics report the number of connections`() throws {
        let world = PoolWorld { $0.metricsInterval = .seconds(5) }
        let lease = try world.borrower()
        world.release(try world.borrower())
        world.advance(by: .seconds(5))
        let pool = "db.client.connection.pool.name=test"
        #expect(world.metrics["db.client.connection.count{\(pool),db.client.connection.state=used}"] == [1])
        #expect(world.metrics["db.client.connection.count{\(pool),db.client.connection.state=idle}"] == [1])
        #expect(world.metrics["db.client.connection.max{\(pool)}"] == [2])
        world.release(lease)
        world.advance(by: .seconds(5))
        #expect(world.metrics["db.client.connection.count{\(pool),db.client.connection.state=used}"] == [1, 0])
    }

    @Test func `Metrics report failures`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        _ = world.caller(timeout: .seconds(1))
        world.advance(by: .seconds(1))
        world.kill(lease.server)
        world.release(lease)
        world.set(.isDown)
        _ = world.caller(timeout: .zero)
        let pool = "db.client.connection.pool.name=test"
        #expect(world.metrics.sum("db.client.connection.timeouts{\(pool)}") == 2)
        #expect(world.metrics.sum("weir.pool.destroyed{\(pool),reason=lost}") == 1)
        #expect(world.metrics.sum("weir.pool.connect_failures{\(pool)}") == 1)
    }

    /// Whatever can be measured in a pool happens here once.
    private func eventfulMetrics() throws -> RecordedMetrics {
        let world = PoolWorld {
            ($0.maximumConnections, $0.maximumWaiters) = (1, 1)
            ($0.leakThreshold, $0.idleTransactionThreshold) = (.seconds(2), .seconds(2))
        }
        let lease = try world.borrower()
        lease.server.set { $0.idleTransaction = 1 }
        let impatient = world.caller(timeout: .seconds(20))
        _ = world.caller()
        impatient.cancel()
        world.settle()
        _ = world.caller(timeout: .seconds(1))
        world.advance(by: .seconds(20))
        world.kill(lease.server)
        world.release(lease)
        world.set(.isDown)
        _ = world.caller(timeout: .zero)
        return world.metrics
    }

    @Test func `The article lists every metric and no other`() throws {
        let recorded = try eventfulMetrics().kinds
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let article = try String(
            contentsOf: root.appending(path: "Sources/Edge/Weir/Weir.docc/Observability.md"), encoding: .utf8)
        let table = article.components(separatedBy: "| metric | kind, unit |").last ?? ""
        let rows = table.components(separatedBy: "\n\n")[0].components(separatedBy: "\n").dropFirst(2)
        var documented: Set<String> = []
        for row in rows {
            let cells = row.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 5)
            let name = cells[1].filter { $0 != "`" }
            documented.insert(name)
            let found = try #require(recorded[name], "\(name) is not recorded")
            #expect(cells[2].hasPrefix(found.kind), "\(name)")
            let further = found.dimensions.subtracting(["db.client.connection.pool.name"])
            #expect(found.dimensions.count == further.count + 1, "\(name)")
            for dimension in further { #expect(cells[3].hasPrefix("`\(dimension)`"), "\(name)") }
            #expect(further.isEmpty == cells[3].isEmpty, "\(name)")
        }
        #expect(documented == Set(recorded.keys))
    }

    @Test func `The statistics print on one line`() throws {
        var numbers = PoolStatistics()
        (numbers.inUse, numbers.idle, numbers.waiting, numbers.total, numbers.maximum) = (3, 2, 1, 5, 10)
        #expect("\(numbers)" == "3 in use, 2 idle, 1 waiting; 5 of 10 open; 0 time-outs")
        (numbers.connecting, numbers.testing, numbers.closing, numbers.timeouts) = (1, 2, 3, 4)
        (numbers.isPaused, numbers.lastError) = (true, "db1: refused\ndb2: refused")
        #expect(
            "\(numbers)" == "3 in use, 2 idle, 1 waiting; 5 of 10 open, 1 being opened, 2 being checked, "
                + "3 being closed; 4 time-outs; paused; last error: db1: refused, db2: refused")
    }

    @Test func `The statistics can be encoded as JSON`() throws {
        var numbers = PoolStatistics()
        (numbers.inUse, numbers.longestWait, numbers.destroyed) = (3, .milliseconds(1500), [.failedCheck: 2])
        numbers.lastError = "refused"
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(numbers)) as? [String: Any]
        // Every property, and nothing else.
        #expect(Set(json?.keys.map { $0 } ?? []) == Set(Mirror(reflecting: numbers).children.compactMap(\.label)))
        #expect(json?["inUse"] as? Int == 3)
        #expect(json?["longestWait"] as? Double == 1.5)
        #expect(json?["destroyed"] as? [String: Int] == ["failed_check": 2])
        #expect(json?["lastError"] as? String == "refused")
    }

    @Test func `The log reports failed attempts`() {
        let world = PoolWorld(opening: .isDown)
        _ = world.caller(timeout: .zero)
        #expect(world.log.warnings.first?.hasPrefix("warning could not connect: connection refused") == true)
    }
}
