import PoolCore
import Synchronization

/// What a client must repeat to cancel its query: process ID and secret, eight bytes, unguessable.
///
/// The process ID is positive, as some clients insist.
struct CancelKey: Hashable, Sendable {
    let value: UInt64

    init(value: UInt64) { self.value = value }

    static func random() -> CancelKey {
        var generator = SystemRandomNumberGenerator()
        return CancelKey(value: generator.next() & 0x7fff_ffff_ffff_ffff)
    }

    /// - Returns: `nil` unless there are eight bytes; no client of ours was given another length.
    init?(bytes: [UInt8]) {
        guard bytes.count == 8 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }
}

/// Finds the client that a cancel key was given to, in O(1).
final class CancelKeys: Sendable {
    private let owners = Mutex<[CancelKey: (client: ClientID, worker: WorkerID)]>([:])

    func issue(to client: ClientID, at worker: WorkerID) -> CancelKey {
        owners.withLock { owners in
            var key = CancelKey.random()
            while owners[key] != nil { key = CancelKey.random() }
            owners[key] = (client, worker)
            return key
        }
    }

    func revoke(_ key: CancelKey) { owners.withLock { _ = $0.removeValue(forKey: key) } }

    func owner(of key: CancelKey) -> (client: ClientID, worker: WorkerID)? { owners.withLock { $0[key] } }
}
