import ServiceLifecycle

extension PostgresPool {
    /// Runs the pool as a service: returns when it is closed, which happens when the service group shuts down.
    ///
    /// Then those who have a connection may finish within ``Configuration/closeTimeout``. When the task is cancelled,
    /// their connections are cut. The pool can be used before this is called.
    ///
    /// - Throws: with ``StartPolicy/failFast``, why there can be no connection.
    public func run() async throws {
        do { try await start() } catch {
            await close(within: .zero)
            throw error
        }
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await drivers[0].closed()
            } onCancel: {
                for driver in drivers { driver.cut() }
            }
        } onGracefulShutdown: {
            for driver in self.drivers { driver.beginClosing(within: self.configuration.closeTimeout) }
        }
        await close()
    }

    /// Makes sure of what the ``Configuration/startPolicy`` asks for; ``run()`` does it, too.
    ///
    /// - Throws: with ``StartPolicy/failFast``, why there can be no connection.
    public func start(file: String = #fileID, line: Int = #line) async throws {
        guard configuration.startPolicy == .failFast else { return }
        release(try await acquire(timeout: nil, origin: SourceLocation(file: file, line: line)))
    }

    /// Makes a pool for the time of a closure, and closes it afterwards.
    ///
    /// ```swift
    /// try await PostgresPool.with("postgresql:///app") { pool in … }
    /// ```
    ///
    /// - Throws: what `body` throws; ``PostgresError/Code/configuration``; with ``StartPolicy/failFast``, why there can
    ///   be no connection.
    @discardableResult
    public static func with<Result>(
        _ configuration: Configuration, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let pool = try PostgresPool(configuration)
        do {
            try await pool.start()
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Makes a pool for the time of a closure, and closes it afterwards. The string is as for ``init(_:)-(String)``.
    @discardableResult
    public static func with<Result>(
        _ connectionString: String = "", _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await with(Configuration(connectionString), body)
    }
}
