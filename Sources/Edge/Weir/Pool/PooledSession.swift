import PGConnInfo
import PGTypes
import PGWire
import Synchronization

/// A session of a pool: implements the operations that the pool needs.
package final class PooledSession: PoolServer {
    /// The session.
    package let session: PostgresSession
    /// Prepares a session before its first lease.
    package typealias Preparation = @Sendable (PostgresSession) async throws -> Void

    private let role: ConnectionOptions.TargetSessionAttrs
    private let preparation: Preparation?
    // The changes to the session that the preparation has made, on purpose.
    private let prepared = Mutex(SessionAlterations())

    /// Creates a pooled session.
    ///
    /// - Parameters:
    ///   - role: the role that the server must keep.
    ///   - preparation: see ``PostgresPool/Configuration/prepareConnection``.
    package init(
        _ session: PostgresSession, role: ConnectionOptions.TargetSessionAttrs, preparation: Preparation? = nil
    ) {
        self.session = session
        self.role = role
        self.preparation = preparation
    }

    package var isOpen: Bool { session.isOpen }
    package var address: String { session.address }
    package var idleTransaction: UInt64? { session.state.idleTransaction }

    package func isClean(for policy: PostgresPool.ResetPolicy) -> Bool {
        guard session.status == .idle else { return false }
        return switch policy {
        case .tracked: session.state.alterations.isEmpty
        case .discardAll: false
        case .none: true
        }
    }

    package func reset(_ policy: PostgresPool.ResetPolicy) async -> Bool {
        // The pool aborts the session if this takes too long.
        guard await session.cleanUp(deadline: .seconds(3600)) else { return false }
        let script =
            switch policy {
            case .tracked: undoStatements
            case .discardAll: "DISCARD ALL"
            case .none: ""
            }
        guard !script.isEmpty else { return true }
        do throws(PostgresError) { _ = try await session.script(script) } catch { return false }
        session.state.forgetAlterations()
        guard session.status == .idle else { return false }
        do throws(PostgresError) { try await prepare() } catch { return false }
        return session.status == .idle
    }

    /// The statements that undo what the caller has changed. They also undo the preparation, which is then repeated.
    private var undoStatements: String {
        let alterations = session.state.alterations
        guard !alterations.isEmpty, preparation != nil else { return alterations.undoStatements }
        return alterations.union(prepared.withLock { $0 }).undoStatements
    }

    package func prepare() async throws(PostgresError) {
        guard let preparation else { return }
        var failure = PostgresError(.connectFailed, "a new connection could not be prepared (prepareConnection)")
        switch await ClosureOutcome.of({ [session] in try await preparation(session) }) {
        case .returned where session.status == .idle:
            prepared.withLock { $0.formUnion(session.state.alterations) }
            return session.state.forgetAlterations()
        case .returned:
            failure.message += ": a transaction or a statement was left open, or the connection closed"
        case .threw(let error): failure.underlying = error
        case .cancelled, .timedOut: failure = PostgresError(.cancelled, "cancelled while connecting")
        }
        throw failure
    }

    package func check(role checksRole: Bool) async -> Bool {
        do throws(PostgresError) {
            guard checksRole, role != .any, role != .preferStandby else {
                try await session.ping()
                return session.isOpen
            }
            return try await hasRole()
        } catch { return false }
    }

    /// Queries the server for the facts that `target_session_attrs` is about.
    private func hasRole() async throws(PostgresError) -> Bool {
        let answer = try await session.script(
            "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only') = 'on'")
        guard let row = answer.first?.rows.first, let (isStandby, isReadOnly) = try? row.decode((Bool, Bool).self)
        else { return false }
        return switch role {
        case .any, .preferStandby: true
        case .readWrite: !isReadOnly && !isStandby
        case .readOnly: isReadOnly || isStandby
        case .primary: !isStandby
        case .standby: isStandby
        }
    }

    package func close() async { await session.close() }
    package func abort() { session.abort() }
    package func onClose(_ action: @escaping @Sendable () -> Void) { session.onClose = { _ in action() } }
}

extension Lease where Server == PooledSession {
    /// The connection.
    package var session: PostgresSession { server.session }

    /// Creates a lease of a session outside of any pool. ``end()`` it instead of releasing it.
    package convenience init(standalone session: PostgresSession, origin: SourceLocation) {
        self.init(standalone: PooledSession(session, role: .any), origin: origin)
    }
}
