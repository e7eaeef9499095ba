extension PostgresPool {
    /// Listens to channels while `body` runs, on a dedicated connection outside of the pool.
    ///
    /// ```swift
    /// try await pool.listen(to: "jobs") { events in
    ///     for try await event in events {
    ///         switch event {
    ///         case .notification(let notification): try await start(notification.payload)
    ///         case .gap: try await startAll()
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// Listening has started before `body` runs. A broken connection is replaced, no matter how long that takes, and a
    /// ``PostgresListenEvent/gap(_:)`` reports that notifications may have been missed.
    ///
    /// - Throws: the errors of `body`, and the reason why the first connection could not be made.
    @discardableResult
    public func listen<Result>(
        to channels: String..., options: PostgresListenOptions = PostgresListenOptions(),
        file: String = #fileID, line: Int = #line, _ body: (PostgresListenEvents) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line)
        guard !channels.isEmpty, !channels.contains(where: \.isEmpty) else {
            throw PostgresError(.misuse, "at least one channel is required, and no name may be empty")
                .with(origin: origin)
        }
        let target = try PoolTarget(configuration.connection, configuration)
        let listener = Listener(
            channels: channels, options: options,
            open: { () async throws(PostgresError) in
                do throws(PostgresError) { return try await target.opener().session } catch {
                    throw error.with(origin: origin)
                }
            }, mailbox: ListenMailbox(limit: options.bufferLimit), tracing: tracing)
        return try await listener.run(body)
    }
}
