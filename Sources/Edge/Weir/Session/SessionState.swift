import PGSession
import PGWire
import Synchronization

/// What of a session can be seen from every thread.
final class SessionState: Sendable {
    struct Observers {
        var onNotification: (@Sendable (NotificationResponse) -> Void)?
        var onNotice: (@Sendable (ServerError) -> Void)?
        var onParameterChange: (@Sendable (String, String) -> Void)?
        var onClose: (@Sendable (PostgresError?) -> Void)?
    }

    private let openness = Atomic(true)
    // The byte of ReadyForQuery; 0 while something is under way.
    private let readiness: Atomic<UInt8> = Atomic(TransactionStatus.idle.rawValue)
    // Counts how often everything was answered.
    private let rounds: Atomic<UInt64> = Atomic(0)
    private let altered: Atomic<UInt8> = Atomic(0)
    private let portals = Atomic(0)
    private let values: Mutex<[String: String]>
    private let observers = Mutex(Observers())
    private let ending = Mutex<PostgresError?>(nil)

    init(parameters: [String: String]) { values = Mutex(parameters) }

    var isOpen: Bool { openness.load(ordering: .acquiring) }

    var status: TransactionStatus? {
        get { TransactionStatus(rawValue: readiness.load(ordering: .acquiring)) }
        set {
            if newValue != nil { rounds.wrappingAdd(1, ordering: .relaxed) }
            readiness.store(newValue?.rawValue ?? 0, ordering: .releasing)
        }
    }

    /// While a transaction is open and nothing is under way: a number that each request changes.
    var idleTransaction: UInt64? {
        switch status {
        case .inTransaction, .failed: rounds.load(ordering: .relaxed)
        case .idle, nil: nil
        }
    }

    /// What statements have left behind since ``forgetAlterations()``.
    var alterations: SessionAlterations { SessionAlterations(rawValue: altered.load(ordering: .acquiring)) }

    func alter(_ alterations: SessionAlterations) {
        altered.bitwiseOr(alterations.rawValue, ordering: .acquiringAndReleasing)
    }

    /// All of it was undone.
    func forgetAlterations() { altered.store(0, ordering: .releasing) }

    var parameters: [String: String] { values.withLock { $0 } }

    func setParameter(_ name: String, _ value: String) {
        values.withLock { $0[name] = value }
        observed(\.onParameterChange)?(name, value)
    }

    /// One of the closures.
    func observed<Closure: Sendable>(_ path: KeyPath<Observers, Closure>) -> Closure {
        observers.withLock { $0[keyPath: path] }
    }

    func observe(_ change: (inout Observers) -> Void) { observers.withLock { change(&$0) } }

    /// What ended the session; `nil` while it lasts, and if we did.
    var lastError: PostgresError? { ending.withLock { $0 } }

    /// Unlike the others, it is told what has happened already.
    func setOnClose(_ closure: (@Sendable (PostgresError?) -> Void)?) {
        observers.withLock { $0.onClose = closure }
        if !isOpen { closure?(lastError) }
    }

    /// A name that no portal of the session has had.
    func newPortalName() -> String { "weir_\(portals.add(1, ordering: .relaxed).newValue)" }

    /// Notes the end, once.
    func close(_ error: PostgresError?) {
        ending.withLock { $0 = error }
        guard openness.exchange(false, ordering: .acquiringAndReleasing) else { return }
        readiness.store(0, ordering: .releasing)
        observed(\.onClose)?(error)
    }
}
