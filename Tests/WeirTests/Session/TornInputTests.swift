import NIOCore
import SeededChance
import Testing
import Weir

/// What a server sends, split anywhere, and with corrupted bytes.
@Suite(.limited) struct TornInputTests {
    private func session(seed: Int, changesOneIn: Int?) async throws -> PostgresSession {
        let connected = try await TestServer.shared.connect()
        try await connected.channel.eventLoop.submit {
            try connected.channel.pipeline.syncOperations.addHandler(
                TearingHandler(seed: seed, changesOneIn: changesOneIn))
        }.get()
        var configuration = PostgresSession.Configuration()
        configuration.statementCacheSize = seed % 4
        configuration.readAhead = 2_000
        return await PostgresSession(connected, configuration: configuration)
    }

    private struct WrongAnswer: Error {}

    private func expect(_ isRight: Bool) throws { if !isRight { throw WrongAnswer() } }

    /// Random calls, each of which knows what its answer has to be.
    private func work(
        _ session: PostgresSession, _ random: inout SplitMix64, count: Int, timeout: Duration
    ) async throws {
        for number in 1...count {
            let rows = Int.random(in: 0...300, using: &random)
            let query = PostgresQuery(sql: "SELECT $1::int8, n FROM generate_series(1, $2) n", values: [number, rows])
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let result = try await session.query(query, timeout: timeout)
                try expect(result.rows.count == rows)
                for row in result.rows { try expect(try row.decode((Int, Int).self).0 == number) }
            case 1:
                let stream = try await session.stream(query, timeout: timeout)
                var received = 0
                while let batch = try await stream.next() { received += batch.count }
                try expect(received == rows)
            case 2:
                let results = await session.pipeline(
                    (0..<5).map { PostgresQuery(sql: "SELECT \($0), $1::int8", values: [number]) }, timeout: timeout
                )
                for (index, result) in results.enumerated() {
                    guard let row = try result.get().rows.first else { throw WrongAnswer() }
                    let (place, answer) = try row.decode((Int, Int).self)
                    try expect(place == index)
                    try expect(answer == number)
                }
            case 3:
                let results = try await session.script("SELECT \(number); SELECT \(rows)", timeout: timeout)
                try expect(try results.flatMap { try $0.rows.decode(Int.self) } == [number, rows])
            case 4:
                let affected = try await session.executeMany(
                    "SELECT $1::int8", rows: (0..<rows).map { [$0] }, timeout: timeout)
                try expect(affected == rows)
            default:
                let out = try await session.copyOut(
                    "COPY (SELECT \(number) FROM generate_series(1, \(rows))) TO STDOUT", timeout: timeout)
                var lines = 0
                while let chunk = try await out.next() { lines += chunk.count(where: { $0 == 10 }) }
                try expect(lines == rows)
            }
        }
    }

    @Test(arguments: 0..<12)
    func `Answers are the same however the bytes are split`(seed: Int) async throws {
        let session = try await session(seed: seed, changesOneIn: nil)
        var random = SplitMix64(seed: UInt64(seed))
        try await work(session, &random, count: 40, timeout: .seconds(300))
        try await session.checkIsUsable()
        await session.close()
    }

    /// Values may come out changed; the calls must come to an end, and the process must live.
    @Test(arguments: 0..<40)
    func `Corrupted bytes end at most the session`(seed: Int) async throws {
        let session = try await session(seed: seed, changesOneIn: [300, 3_000, 30_000][seed % 3])
        var random = SplitMix64(seed: UInt64(seed))
        try? await work(session, &random, count: 10, timeout: .seconds(2))
        _ = await session.cleanUp(deadline: .seconds(2))
        await session.close()
        #expect(!session.isOpen)
    }
}
