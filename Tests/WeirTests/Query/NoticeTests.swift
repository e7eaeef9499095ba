import Synchronization
import Testing
import Weir

@Suite(.limited) struct NoticeTests {
    /// Records the notices it receives.
    private final class Notices: Sendable {
        private let messages = Mutex<[String]>([])
        var all: [String] { messages.withLock { $0 } }
        func add(_ message: String) { messages.withLock { $0.append(message) } }
    }

    private func raise(_ text: String, on connection: borrowing PostgresConnection) async throws {
        try await connection.execute("DO \(raw: "$$ BEGIN RAISE NOTICE '\(text)'; END $$")")
    }

    private func withPool<Result>(_ body: (PostgresPool) async throws -> Result) async throws -> Result {
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.maximumConnections = 1
        configuration.acquireTimeout = nil
        return try await PostgresPool.with(configuration, body)
    }

    @Test func `Of two overlapping notice handlers the newer one is called until it ends`() async throws {
        let first = Notices(), second = Notices()
        try await withPool { pool in
            try await pool.withConnection { connection in
                let (secondHasBegun, firstHasEnded) = (Gate(), Gate())
                let lent = PostgresConnection(connection.handle.lease)
                async let other: Void = lent.withNotices(to: { second.add($0.message) }) {
                    secondHasBegun.open()
                    await firstHasEnded.passed()
                    try await raise("three", on: lent)
                }
                // The other one may not have begun yet; the handler that came last is called.
                try await connection.withNotices(to: { first.add($0.message) }) {
                    await secondHasBegun.passed()
                }
                firstHasEnded.open()
                try await other
                try await raise("four", on: connection)
            }
        }
        #expect(first.all == [])
        #expect(second.all == ["three"])
    }

    @Test func `The notices of a lease do not reach handlers of an earlier one`() async throws {
        let notices = Notices()
        try await withPool { pool in
            let (hasBegun, mayEnd) = (Gate(), Gate())
            let forgotten = try await pool.withConnection { connection in
                let lent = PostgresConnection(connection.handle.lease)
                let forgotten = Task {
                    try await lent.withNotices(to: { notices.add($0.message) }) {
                        hasBegun.open()
                        await mayEnd.passed()
                    }
                }
                await hasBegun.passed()
                try await raise("mine", on: connection)
                return forgotten
            }
            let own = Notices()
            try await pool.withConnection { connection in
                try await raise("theirs", on: connection)
                try await connection.withNotices(to: { own.add($0.message) }) {
                    // What ends now must not take this handler away.
                    mayEnd.open()
                    _ = try await forgotten.value
                    try await raise("theirs, too", on: connection)
                }
            }
            #expect(own.all == ["theirs, too"])
            #expect(pool.stats.created == 1)
        }
        #expect(notices.all == ["mine"])
    }
}

/// Lets every task pass once it is open.
private final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    func passed() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
