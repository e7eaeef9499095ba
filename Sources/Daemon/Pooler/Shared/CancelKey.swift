import Glibc
import PoolCore
import Synchronization

/// What a client must repeat to cancel its query: process ID and secret, eight bytes, unguessable.
///
/// The process ID is positive, as some clients insist.
struct CancelKey: Hashable, Sendable {
    let value: UInt64

    init(value: UInt64) { self.value = value }

    /// - Returns: `nil` unless there are eight bytes: the pooler issues no other length.
    init?(bytes: [UInt8]) {
        guard bytes.count == 8 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }
}

/// Finds the client that a cancel key was given to, in O(1).
final class CancelKeys: Sendable {
    private struct State {
        var owners: [CancelKey: (client: ClientID, worker: WorkerID)] = [:]
        /// What the kernel gave in one call and has not been given out.
        var random: [UInt64] = []

        mutating func makeKey() -> CancelKey {
            if random.isEmpty { refill() }
            return CancelKey(value: random.removeLast() & 0x7fff_ffff_ffff_ffff)
        }

        /// As much as getentropy gives in one call.
        private mutating func refill() {
            random = Array(repeating: 0, count: 256 / MemoryLayout<UInt64>.size)
            let result = unsafe random.withUnsafeMutableBytes { bytes in
                unsafe bytes.baseAddress.map { unsafe getentropy($0, bytes.count) }
            }
            precondition(result == 0, "no randomness: rather no pooler than keys that can be guessed")
        }
    }

    private let state = Mutex(State())

    func issue(to client: ClientID, at worker: WorkerID) -> CancelKey {
        state.withLock { state in
            var key = state.makeKey()
            while state.owners[key] != nil { key = state.makeKey() }
            state.owners[key] = (client, worker)
            return key
        }
    }

    func revoke(_ key: CancelKey) { state.withLock { _ = $0.owners.removeValue(forKey: key) } }

    func owner(of key: CancelKey) -> (client: ClientID, worker: WorkerID)? { state.withLock { $0.owners[key] } }
}
