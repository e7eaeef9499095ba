/// Listens on a connection of its own, and on the next one when that breaks.
package struct Listener: Sendable {
    package typealias Open = @Sendable () async throws(PostgresError) -> PostgresSession

    let channels: [String]
    let options: PostgresListenOptions
    let open: Open
    let mailbox: ListenMailbox
    /// Spans for each LISTEN.
    let tracing: DatabaseTracing?

    package init(
        channels: [String], options: PostgresListenOptions, open: @escaping Open, mailbox: ListenMailbox,
        tracing: DatabaseTracing? = nil
    ) {
        self.channels = channels
        self.options = options
        self.open = open
        self.mailbox = mailbox
        self.tracing = tracing
    }

    /// Runs `body` while it is listened.
    ///
    /// - Throws: what the first attempt to connect threw, and what `body` throws.
    package func run<Result>(_ body: (PostgresListenEvents) async throws -> Result) async throws -> Result {
        let first = try await connect()
        let keeper = Task { await keep(first) }
        let result: Result
        do {
            result = try await body(PostgresListenEvents(mailbox: mailbox))
        } catch {
            keeper.cancel()
            await keeper.value
            throw error
        }
        keeper.cancel()
        await keeper.value
        return result
    }

    /// A connection on which it is listened.
    private func connect() async throws(PostgresError) -> PostgresSession {
        let session = try await open(), mailbox = mailbox
        session.onNotification = { message in
            mailbox.add(
                .notification(
                    PostgresNotification(
                        channel: message.channel, payload: message.payload, processID: message.processID)))
        }
        do throws(PostgresError) {
            try await listen(on: session)
            return session
        } catch {
            session.abort()
            throw error
        }
    }

    private func listen(on session: PostgresSession) async throws(PostgresError) {
        let script = channels.map { "LISTEN \($0.quotedAsIdentifier)" }.joined(separator: "; ")
        guard let tracing else {
            _ = try await session.script(script, timeout: options.checkTimeout)
            return
        }
        _ = try await tracing.withSpan("LISTEN", query: script, address: session.address) {
            () throws(PostgresError) in try await session.script(script, timeout: options.checkTimeout)
        }
    }

    private func keep(_ first: PostgresSession) async {
        var session = first
        while true {
            let reason = await end(of: session)
            guard !Task.isCancelled else { return await session.close() }
            session.abort()
            do throws(PostgresError) {
                guard let next = try await reconnect() else { return mailbox.end(nil) }
                session = next
            } catch {
                return mailbox.end(error)
            }
            mailbox.add(.gap(reason))
        }
    }

    /// Returns when the connection is closed or does not answer any more, or the task is cancelled.
    private func end(of session: PostgresSession) async -> PostgresError {
        let (closings, closing) = AsyncStream<PostgresError?>.makeStream()
        session.onClose = { error in
            closing.yield(error)
            closing.finish()
        }
        let found = await withTaskGroup(of: PostgresError?.self) { group in
            group.addTask {
                for await error in closings { return error }
                return nil
            }
            group.addTask {
                // Without asking, nobody would notice a server that vanished without a word.
                do {
                    while true {
                        try await Task.sleep(for: options.checkInterval.sleepable)
                        try await session.ping(timeout: options.checkTimeout)
                    }
                } catch {
                    return error as? PostgresError
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        return found ?? PostgresError(.connectionLost, "the connection that listened was lost")
    }

    /// Tries until it works; `nil` when the task is cancelled.
    ///
    /// - Throws: what makes trying again hopeless.
    private func reconnect() async throws(PostgresError) -> PostgresSession? {
        var backoff = Backoff(initial: options.retryDelay, limit: options.maximumRetryDelay)
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do throws(PostgresError) {
                return try await connect()
            } catch {
                switch error.code {
                case .refused, .tls, .authentication, .configuration: throw error
                default: break
                }
            }
            do { try await Task.sleep(for: backoff.failed(using: &generator).sleepable) } catch { return nil }
        }
        return nil
    }
}

/// How it is listened.
public struct PostgresListenOptions: Sendable {
    /// How often the server is asked whether it is still there. Default 30 s.
    public var checkInterval: Duration = .seconds(30)
    /// How long it may take to answer. Default 5 s.
    public var checkTimeout: Duration = .seconds(5)
    /// How long to wait after the first attempt to connect again that failed. It doubles with each one that follows, and is
    /// shortened by up to a half at random. The first attempt is made at once. Default 100 ms.
    public var retryDelay: Duration = .milliseconds(100)
    /// How long to wait between attempts to connect at most. Default 10 s.
    public var maximumRetryDelay: Duration = .seconds(10)
    /// How many events may wait to be read. Default 10,000.
    public var bufferLimit = 10_000

    /// The defaults.
    public init() {}
}
