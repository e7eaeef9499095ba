import Glibc
import IOEngine
import Synchronization

/// Looks up host names without holding up a worker.
///
/// The system's resolver blocks, so each look-up has a thread of its own; askers of the same name share one, and
/// answers are kept for `dns_max_ttl`.
final class Resolver: Sendable {
    typealias Answer = Result<[SocketAddress], ResolveError>

    private struct Entry {
        var answer: Answer?
        /// Seconds since 1970.
        var expires: Int64 = 0
        var askers: [@Sendable (Answer) -> Void] = []
        var isAsking = false
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var rotation = 0
    }

    private let state = Mutex(State())

    /// Answers now, if the host is a number or was looked up lately; else later, on another thread, through `later`.
    ///
    /// - Parameter timeToLive: seconds that an answer may be kept.
    func resolve(
        _ host: String, port: UInt16, timeToLive: Int64, later: @escaping @Sendable (Answer) -> Void
    ) -> Answer? {
        if let address = SocketAddress(numericHost: host, port: port) { return .success([address]) }
        let key = "\(host):\(port)"
        let (known, mustAsk) = state.withLock { state -> (Answer?, Bool) in
            var entry = state.entries[key] ?? Entry()
            if let answer = entry.answer, entry.expires > WallClock.seconds() {
                state.rotation &+= 1
                return (Self.rotated(answer, by: state.rotation), false)
            }
            entry.askers.append(later)
            let mustAsk = !entry.isAsking
            entry.isAsking = true
            state.entries[key] = entry
            return (nil, mustAsk)
        }
        guard known == nil, mustAsk else { return known }
        let isStarted = PosixThread.start("weir-dns") { [self] in
            finish(key, SocketAddress.resolve(host, port: port), timeToLive: timeToLive)
        }
        if !isStarted { finish(key, .failure(ResolveError(reason: "out of threads")), timeToLive: 0) }
        return nil
    }

    /// The names with an answer that may still be used, for `SHOW DNS_HOSTS`.
    func known() -> [(host: String, timeToLive: Int64, addresses: [SocketAddress])] {
        let now = WallClock.seconds()
        return state.withLock { state in
            state.entries.sorted { $0.key < $1.key }.compactMap { key, entry in
                guard case .success(let addresses)? = entry.answer else { return nil }
                let host = key[..<(key.lastIndex(of: ":") ?? key.endIndex)]
                return (String(host), max(0, entry.expires - now), addresses)
            }
        }
    }

    private func finish(_ key: String, _ answer: Answer, timeToLive: Int64) {
        let (askers, rotation) = state.withLock { state -> ([@Sendable (Answer) -> Void], Int) in
            let askers = state.entries[key]?.askers ?? []
            state.rotation &+= 1
            if case .success = answer {
                state.entries[key] = Entry(answer: answer, expires: WallClock.seconds() + timeToLive)
            } else {
                state.entries[key] = nil
            }
            return (askers, state.rotation)
        }
        for asker in askers { asker(Self.rotated(answer, by: rotation)) }
    }

    /// A name's addresses take turns.
    private static func rotated(_ answer: Answer, by rotation: Int) -> Answer {
        answer.map { addresses in
            guard addresses.count > 1 else { return addresses }
            let start = rotation % addresses.count
            return Array(addresses[start...] + addresses[..<start])
        }
    }
}
