import PGConnInfo
import PGTypes
import PGWire

/// A session of a pool: what the pool may ask of it, in terms of what a session can do.
package final class PooledSession: PoolServer {
    /// The session.
    package let session: PostgresSession
    private let role: ConnectionOptions.TargetSessionAttrs

    /// - Parameter role: what kind of server it has to stay.
    package init(_ session: PostgresSession, role: ConnectionOptions.TargetSessionAttrs) {
        self.session = session
        self.role = role
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
        // The pool ends it when it takes too long.
        guard await session.settle(deadline: .seconds(3600)) else { return false }
        let script =
            switch policy {
            case .tracked: session.state.alterations.undoing
            case .discardAll: "DISCARD ALL"
            case .none: ""
            }
        guard !script.isEmpty else { return true }
        do throws(PostgresError) { _ = try await session.script(script) } catch { return false }
        session.state.forgetAlterations()
        return session.status == .idle
    }

    package func check(role isAsked: Bool) async -> Bool {
        do throws(PostgresError) {
            guard isAsked, role != .any, role != .preferStandby else {
                try await session.ping()
                return session.isOpen
            }
            return try await hasRole()
        } catch { return false }
    }

    /// Asks for what `target_session_attrs` is about.
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

    /// A lease of a session that stands alone. ``end()`` it instead of releasing it.
    package convenience init(alone session: PostgresSession, origin: SourceLocation) {
        self.init(alone: PooledSession(session, role: .any), origin: origin)
    }
}
