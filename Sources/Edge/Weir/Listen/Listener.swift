/// Listens on a connection of its own, and reconnects when it breaks.
package struct Listener: Sendable {
    package typealias Open = @Sendable () async throws(PostgresError) -> PostgresSession

    let channels: [String]
    let options: PostgresListenOptions
    let open: Open
    let mailbox: ListenMailbox
    /// Creates spans for each LISTEN.
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

    /// Runs `body` while listening.
    ///
    /// - Throws: the error of the first attempt to connect, and the errors of `body`.
    package func run<Result>(_ body: (PostgresListenEvents) async throws -> Result) async throws -> Result {
        let first = try await connect()
        let maintenance = Task { await maintain(first) }
        let result: Result
        do {
            result = try await body(PostgresListenEvents(mailbox: mailbox))
        } catch {
            maintenance.cancel()
            await maintenance.value
            throw error
        }
        maintenance.cancel()
        await maintenance.value
        return result
    }

    /// Opens a connection and executes LISTEN on it.
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

    private func maintain(_ first: PostgresSession) async {
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

    /// Waits until the connection is closed or no longer answers, or the task is cancelled.
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
                // Without pings, a server that vanished without closing the connection would go unnoticed.
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
        return found ?? PostgresError(.connectionLost, "the listening connection was lost")
    }

    /// Tries to reconnect until it succeeds; returns `nil` when the task is cancelled.
    ///
    /// - Throws: an error with which another attempt cannot succeed.
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

/// Options of listening to channels.
public struct PostgresListenOptions: Sendable {
    /// The interval at which the server is pinged. Default 30 s.
    public var checkInterval: Duration = .seconds(30)
    /// The time limit for the server's answer. Default 5 s.
    public var checkTimeout: Duration = .seconds(5)
    /// The delay after the first failed attempt to reconnect. It doubles with each further failure, and is shortened by
    /// up to a half at random. The first attempt is made at once. Default 100 ms.
    public var retryDelay: Duration = .milliseconds(100)
    /// The maximum delay between attempts to reconnect. Default 10 s.
    public var maximumRetryDelay: Duration = .seconds(10)
    /// The maximum number of events that wait to be read. Default 10,000.
    public var bufferLimit = 10_000

    /// Creates options with the defaults.
    public init() {}
}
