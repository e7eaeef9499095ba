import PGWire

/// Runs a closure in a transaction or a savepoint, and makes sure that neither stays open.
struct TransactionScope {
    enum Kind {
        case transaction(begin: String, isReadOnly: Bool)
        case savepoint(String)
    }

    private let outer: PostgresHandle
    private let origin: SourceLocation
    private let kind: Kind
    private let record: TransactionRecord
    private var lease: PostgresLease { outer.lease }
    private var isOuter: Bool { record.depth == 1 }

    init(_ handle: PostgresHandle, _ origin: SourceLocation, kind: Kind) {
        self.outer = handle
        self.origin = origin
        self.kind = kind
        let depth = (handle.transaction?.depth ?? 0) + 1
        record = TransactionRecord(depth: depth, inside: handle.transaction)
    }

    func run<Result>(_ body: (inout PostgresTransaction) async throws -> Result) async throws -> Result {
        try await begin()
        defer { lease.endTransaction() }
        var inner = outer
        inner.transaction = record
        var transaction = PostgresTransaction(inner)
        let result: Result
        do {
            result = try await body(&transaction)
            record.end()
            if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled before COMMIT") }
        } catch {
            record.end()
            await rollBack()
            if let error = error as? PostgresError { throw outer.located(error, origin) }
            throw error
        }
        do throws(PostgresError) {
            try await commit()
        } catch {
            await rollBack()
            throw outer.located(error, origin)
        }
        return result
    }

    private func begin() async throws(PostgresError) {
        try await outer.call(origin, operation: isOuter ? "BEGIN" : "SAVEPOINT") { (session) throws(PostgresError) in
            let sql: String, isReadOnly: Bool
            switch kind {
            case .transaction(let begin, let readOnly):
                // `nil`: another task's statement is in progress.
                guard session.status ?? .idle == .idle else {
                    throw PostgresError(.misuse, "a statement has already begun a transaction on this connection")
                }
                (sql, isReadOnly) = (begin, readOnly)
            case .savepoint(let name):
                (sql, isReadOnly) = ("SAVEPOINT \(name)", false)
            }
            guard lease.beginTransaction(inside: record.depth - 1, isReadOnly: isReadOnly) else {
                throw PostgresError(
                    .misuse,
                    "another transaction is open on this connection: use its own withTransaction for a savepoint")
            }
            do throws(PostgresError) {
                _ = try await session.script(sql, timeout: outer.timeout(nil))
            } catch {
                // A cancelled BEGIN may have taken effect.
                if session.isOpen, session.status != .idle, isOuter {
                    _ = try? await session.executeIgnoringCancellation("ROLLBACK")
                }
                lease.endTransaction()
                throw error
            }
        }
    }

    private func commit() async throws(PostgresError) {
        try await outer.call(origin, operation: isOuter ? "COMMIT" : "RELEASE") { (session) throws(PostgresError) in
            let failed = PostgresError.rolledBack(because: record.firstError)
            switch kind {
            case .transaction:
                guard session.status != .idle else {
                    throw PostgresError(.misuse, "a statement ended the transaction before its closure returned")
                }
                let tag = try await session.executeIgnoringCancellation("COMMIT", timeout: outer.timeout(nil)).last?.tag
                    .command
                guard tag == "COMMIT" else { throw failed }
            case .savepoint(let name):
                do throws(PostgresError) {
                    _ = try await session.executeIgnoringCancellation(
                        "RELEASE SAVEPOINT \(name)", timeout: outer.timeout(nil))
                } catch {
                    throw error.sqlState == .inFailedSQLTransaction ? failed : error
                }
            }
        }
    }

    /// Rolls back. Never throws, because an earlier error takes precedence. If it fails, the connection is closed.
    private func rollBack() async {
        let session = lease.session
        guard session.isOpen else { return }
        do throws(PostgresError) {
            switch kind {
            case .transaction:
                guard session.status != .idle else { return }
                _ = try await lease.inSpan("ROLLBACK") { (session) throws(PostgresError) in
                    try await session.executeIgnoringCancellation("ROLLBACK")
                }
            case .savepoint(let name):
                // A rollback to a savepoint does not remove it.
                _ = try await lease.inSpan("ROLLBACK TO") { (session) throws(PostgresError) in
                    try await session.executeIgnoringCancellation(
                        "ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
                }
            }
        } catch {
            // The server refuses if statements in the closure have ended the transaction or the savepoint.
            if error.code != .server { session.abort() }
        }
    }
}

extension PostgresError {
    static func rolledBack(because first: PostgresError?) -> PostgresError {
        var error = PostgresError(
            .transactionRolledBack,
            "nothing was saved: a statement failed, the closure continued, and the server rolled back at COMMIT")
        error.underlying = first
        return error
    }
}
