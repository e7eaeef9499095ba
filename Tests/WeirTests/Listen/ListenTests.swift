import PGSession
import Testing
import Weir

@Suite(.serialized, .limited) struct ListenTests {
    private func listener(_ channels: String..., limit: Int = 100) -> Listener {
        var options = PostgresListenOptions()
        options.retryDelay = .milliseconds(1)
        return Listener(channels: channels, options: options, open: open, mailbox: ListenMailbox(limit: limit))
    }

    private let open: Listener.Open = { () async throws(PostgresError) in
        do { return try await makeSession() } catch { throw PostgresError(.connectFailed, "\(error)") }
    }

    @Test func `Notifications come in the order in which they were sent`() async throws {
        try await listener("listen A", "listen b").run { events in
            try await withConnection { connection in
                try await connection.notify("listen A", "1")
                try await connection.notify("listen b")
                try await connection.notify("listen c", "nobody")
                try await connection.notify("listen A", "2")
            }
            var received: [String] = []
            for try await case .notification(let notification) in events {
                received.append("\(notification.channel):\(notification.payload)")
                if received.count == 3 { break }
            }
            #expect(received == ["listen A:1", "listen b:", "listen A:2"])
        }
    }

    @Test func `Notifications of a transaction arrive when it commits`() async throws {
        try await listener("listen tx").run { events in
            try await withConnection { connection in
                try? await connection.withTransaction { transaction in
                    try await transaction.notify("listen tx", "rolled back")
                    throw CancellationError()
                }
                try await connection.withTransaction { try await $0.notify("listen tx", "committed") }
            }
            var iterator = events.makeAsyncIterator()
            guard case .notification(let first)? = try await iterator.next() else {
                Issue.record("nothing came")
                return
            }
            #expect(first.payload == "committed")
        }
    }

    @Test func `A broken connection is replaced, and the gap is reported`() async throws {
        try await listener("listen gap").run { events in
            var iterator = events.makeAsyncIterator()
            try await withConnection { connection in
                let killed = try await connection.fetchValue(
                    """
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE query = 'LISTEN "listen gap"' AND pid <> pg_backend_pid()
                    """, as: Int.self)
                #expect(killed == 1)
                guard case .gap(let reason)? = try await iterator.next() else {
                    Issue.record("no gap")
                    return
                }
                #expect(reason.isConnectionLost)
                try await connection.notify("listen gap", "after")
                guard case .notification(let next)? = try await iterator.next() else {
                    Issue.record("no notification")
                    return
                }
                #expect(next.payload == "after")
            }
        }
    }

    @Test func `A first connection that fails is thrown at once, a later refusal ends the events`() async throws {
        let refuse: Listener.Open = { () async throws(PostgresError) in throw PostgresError(.refused, "who are you?") }
        let options = PostgresListenOptions()
        let first = await failure {
            try await Listener(channels: ["x"], options: options, open: refuse, mailbox: ListenMailbox(limit: 1)).run {
                _ in
            }
        }
        #expect(first?.code == .refused)

        let session = try await makeSession(), calls = Counter(), mailbox = ListenMailbox(limit: 10)
        let once: Listener.Open = { () async throws(PostgresError) in
            if calls.next() == 1 { return session }
            throw PostgresError(.refused, "who are you?")
        }
        let later = await failure {
            try await Listener(channels: ["x"], options: options, open: once, mailbox: mailbox).run { events in
                session.abort()
                for try await _ in events {}
            }
        }
        #expect(later?.code == .refused)
    }

    @Test func `A reader that falls behind loses notifications, is told of the gap, and uses no more memory`()
        async throws
    {
        let mailbox = ListenMailbox(limit: 2)
        for n in 1...5 { mailbox.add(.notification(PostgresNotification(channel: "\(n)"))) }
        var read: [String] = []
        for _ in 1...3 {
            switch try await mailbox.next() {
            case .notification(let notification): read.append(notification.channel)
            case .gap: read.append("gap")
            case nil: read.append("end")
            }
        }
        mailbox.end(nil)
        #expect(read == ["1", "2", "gap"])
        let end = try await mailbox.next()
        if case .some = end { Issue.record("not the end") }
    }

    @Test func `Cancelling the task ends the events`() async throws {
        let mailbox = ListenMailbox(limit: 2)
        let task = Task { if case nil = try await mailbox.next() { true } else { false } }
        task.cancel()
        #expect(try await task.value)
    }

    @Test func `When the closure returns the connection is closed`() async throws {
        let session = try await makeSession()
        let listener = Listener(
            channels: ["listen end"], options: PostgresListenOptions(),
            open: { () async throws(PostgresError) in session }, mailbox: ListenMailbox(limit: 1))
        try await listener.run { _ in #expect(session.isOpen) }
        #expect(!session.isOpen)
    }
}
