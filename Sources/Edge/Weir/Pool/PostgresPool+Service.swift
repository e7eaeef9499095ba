import ServiceLifecycle

extension PostgresPool {
    /// Runs the pool as a service: returns when the pool is closed, which happens when the service group shuts down.
    ///
    /// Callers that hold a connection may then finish within ``Configuration/closeTimeout``. If the task is cancelled,
    /// their connections are closed at once. The pool can be used before this is called.
    ///
    /// - Throws: with ``StartPolicy/failFast``, the reason why no connection can be made.
    public func run() async throws {
        do { try await start() } catch {
            await close(within: .zero)
            throw error
        }
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await drivers[0].closed()
            } onCancel: {
                for driver in drivers { driver.closeImmediately() }
            }
        } onGracefulShutdown: {
            for driver in self.drivers { driver.beginClosing(within: self.configuration.closeTimeout) }
        }
        await close()
    }

    /// Checks what the ``Configuration/startPolicy`` requires; ``run()`` does it, too.
    ///
    /// - Throws: with ``StartPolicy/failFast``, the reason why no connection can be made.
    public func start(file: String = #fileID, line: Int = #line) async throws {
        guard configuration.startPolicy == .failFast else { return }
        release(try await acquire(timeout: nil, origin: SourceLocation(file: file, line: line)))
    }

    /// Creates a pool for the duration of a closure, and closes it afterwards.
    ///
    /// ```swift
    /// try await PostgresPool.with("postgresql:///app") { pool in … }
    /// ```
    ///
    /// - Throws: the errors of `body`; ``PostgresError/Code/configuration``; with ``StartPolicy/failFast``, the reason
    ///   why no connection can be made.
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

    /// Creates a pool for the duration of a closure, and closes it afterwards. The string is as for
    /// ``init(_:)-(String)``.
    @discardableResult
    public static func with<Result>(
        _ connectionString: String = "", _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await with(Configuration(connectionString), body)
    }
}
