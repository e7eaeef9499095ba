import PGSession
import PGWire
import Synchronization

/// The part of a session's state that every thread can read.
final class SessionState: Sendable {
    struct Observers {
        var onNotification: (@Sendable (NotificationResponse) -> Void)?
        var onNotice: (@Sendable (ServerError) -> Void)?
        var onParameterChange: (@Sendable (String, String) -> Void)?
        var onClose: (@Sendable (PostgresError?) -> Void)?
    }

    private let openFlag = Atomic(true)
    // The status byte of ReadyForQuery; 0 while a call is in progress.
    private let statusByte: Atomic<UInt8> = Atomic(TransactionStatus.idle.rawValue)
    // Counts how often all calls had been answered.
    private let rounds: Atomic<UInt64> = Atomic(0)
    private let altered: Atomic<UInt8> = Atomic(0)
    private let portals = Atomic(0)
    private let values: Mutex<[String: String]>
    private let observers = Mutex(Observers())
    private let endError = Mutex<PostgresError?>(nil)

    init(parameters: [String: String]) { values = Mutex(parameters) }

    var isOpen: Bool { openFlag.load(ordering: .acquiring) }

    var status: TransactionStatus? {
        get { TransactionStatus(rawValue: statusByte.load(ordering: .acquiring)) }
        set {
            if newValue != nil { rounds.wrappingAdd(1, ordering: .relaxed) }
            statusByte.store(newValue?.rawValue ?? 0, ordering: .releasing)
        }
    }

    /// A number that each request changes; `nil` unless a transaction is open and no call is in progress.
    var idleTransaction: UInt64? {
        switch status {
        case .inTransaction, .failed: rounds.load(ordering: .relaxed)
        case .idle, nil: nil
        }
    }

    /// The changes to the session since ``forgetAlterations()``.
    var alterations: SessionAlterations { SessionAlterations(rawValue: altered.load(ordering: .acquiring)) }

    func alter(_ alterations: SessionAlterations) {
        altered.bitwiseOr(alterations.rawValue, ordering: .acquiringAndReleasing)
    }

    /// Called when all changes have been undone.
    func forgetAlterations() { altered.store(0, ordering: .releasing) }

    var parameters: [String: String] { values.withLock { $0 } }

    func setParameter(_ name: String, _ value: String) {
        values.withLock { $0[name] = value }
        observed(\.onParameterChange)?(name, value)
    }

    /// Returns one of the closures.
    func observed<Closure: Sendable>(_ path: KeyPath<Observers, Closure>) -> Closure {
        observers.withLock { $0[keyPath: path] }
    }

    func observe(_ change: (inout Observers) -> Void) { observers.withLock { change(&$0) } }

    /// The error that ended the session; `nil` while it is open, and if the client closed it.
    var lastError: PostgresError? { endError.withLock { $0 } }

    /// Sets the closure, and calls it at once if the session has ended already.
    func setOnClose(_ closure: (@Sendable (PostgresError?) -> Void)?) {
        observers.withLock { $0.onClose = closure }
        if !isOpen { closure?(lastError) }
    }

    /// Returns a name that no portal of the session has had.
    func newPortalName() -> String { "weir_\(portals.add(1, ordering: .relaxed).newValue)" }

    /// Records the end, once.
    func close(_ error: PostgresError?) {
        endError.withLock { $0 = error }
        guard openFlag.exchange(false, ordering: .acquiringAndReleasing) else { return }
        statusByte.store(0, ordering: .releasing)
        observed(\.onClose)?(error)
    }
}
