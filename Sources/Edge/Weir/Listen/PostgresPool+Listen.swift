extension PostgresPool {
    /// Listens to channels while `body` runs, on a connection of its own that is not one of the pool's.
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
    /// When `body` begins it is being listened already. A connection that breaks is replaced by a new one, for as long as
    /// it takes, and a ``PostgresListenEvent/gap(_:)`` tells that something may have been missed.
    ///
    /// - Throws: What `body` throws, and why the first connection could not be made.
    @discardableResult
    public func listen<Result>(
        to channels: String..., options: PostgresListenOptions = PostgresListenOptions(),
        file: String = #fileID, line: Int = #line, _ body: (PostgresListenEvents) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line)
        guard !channels.isEmpty, !channels.contains(where: \.isEmpty) else {
            throw PostgresError(.misuse, "there is no channel without a name").asked(by: origin)
        }
        let target = try PoolTarget(configuration.connection, configuration)
        let listener = Listener(
            channels: channels, options: options,
            open: { () async throws(PostgresError) in
                do throws(PostgresError) { return try await target.opener().session } catch {
                    throw error.asked(by: origin)
                }
            }, mailbox: ListenMailbox(limit: options.bufferLimit), tracing: tracing)
        return try await listener.run(body)
    }
}
