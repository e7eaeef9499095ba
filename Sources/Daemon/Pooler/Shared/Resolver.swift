import Glibc
import IOEngine
import MonotonicTime
import PoolCore
import Synchronization

/// Looks up host names without blocking a worker.
///
/// The system's resolver blocks, so each look-up has a thread of its own. ``HostCache`` decides what is looked up:
/// requests for the same name share one look-up, answers are kept for `dns_max_ttl`, and names of open servers are
/// looked up again.
final class Resolver: Sendable {
    typealias Answer = Result<[SocketAddress], ResolveError>

    private struct State {
        var hosts = HostCache<SocketAddress>()
        var askers: [String: [@Sendable (Answer) -> Void]] = [:]
        var rotation = 0
        var isRefreshing = false
    }

    private let state = Mutex(State())
    private let lookUp: @Sendable (String, UInt16) -> Answer
    private let watcher = Mutex<Watcher?>(nil)

    /// Called with the servers whose addresses are no longer in the answer for their name.
    struct Watcher: Sendable {
        let isOpen: @Sendable (ServerID) -> Bool
        let addressLeft: @Sendable (ServerID, _ host: String) -> Void
    }

    init(lookUp: @escaping @Sendable (String, UInt16) -> Answer = { SocketAddress.resolve($0, port: $1) }) {
        self.lookUp = lookUp
    }

    func watch(with watcher: Watcher) { self.watcher.withLock { $0 = watcher } }

    /// Answers now, if the host is a number or was looked up lately; else later, on another thread, through `later`.
    ///
    /// - Parameter timeToLive: how long an answer may be kept.
    func resolve(
        _ host: String, port: UInt16, timeToLive: Duration, later: @escaping @Sendable (Answer) -> Void
    ) -> Answer? {
        if let address = SocketAddress(numericHost: host, port: port) { return .success([address]) }
        let name = Self.name(host, port)
        let (known, mustLookUp) = state.withLock { state -> (Answer?, Bool) in
            switch state.hosts.ask(name, timeToLive: timeToLive, at: .now()) {
            case .known(let addresses):
                state.rotation &+= 1
                return (.success(Self.rotated(addresses, by: state.rotation)), false)
            case .lookUp:
                state.askers[name, default: []].append(later)
                return (nil, true)
            case .wait:
                state.askers[name, default: []].append(later)
                return (nil, false)
            }
        }
        if mustLookUp { startLookUp(name) }
        return known
    }

    /// A server is being opened at an address of the host; from now on its name is looked up again and again.
    func opening(_ server: ServerID, by host: String, port: UInt16, at address: SocketAddress) {
        guard SocketAddress(numericHost: host, port: port) == nil, let watcher = watcher.withLock({ $0 }) else {
            return
        }
        let mustStart = state.withLock { state in
            state.hosts.open(server, by: Self.name(host, port), at: address, isOpen: watcher.isOpen)
            defer { state.isRefreshing = true }
            return !state.isRefreshing
        }
        if mustStart, !PosixThread.start("weir-dns-watch", { [self] in refreshWhileInUse() }) {
            state.withLock { $0.isRefreshing = false }
        }
    }

    /// The names with an answer, for `SHOW DNS_HOSTS`.
    func known() -> [(host: String, timeToLive: Int64, addresses: [SocketAddress])] {
        state.withLock { $0.hosts.known(at: .now()) }.map { name, timeToLive, addresses in
            (Self.parts(of: name).host, timeToLive.seconds, addresses)
        }
    }

    // MARK: - Looking up

    private func startLookUp(_ name: String) {
        let (host, port) = Self.parts(of: name)
        let isStarted = PosixThread.start("weir-dns") { [self] in finish(name, lookUp(host, port)) }
        if !isStarted { finish(name, .failure(ResolveError(reason: "out of threads"))) }
    }

    private func finish(_ name: String, _ answer: Answer) {
        let (askers, gone, rotation) = state.withLock { state in
            state.rotation &+= 1
            let gone = state.hosts.answered(name, try? answer.get(), at: .now())
            return (state.askers.removeValue(forKey: name) ?? [], gone, state.rotation)
        }
        let rotated = answer.map { Self.rotated($0, by: rotation) }
        for asker in askers { asker(rotated) }
        guard !gone.isEmpty, let watcher = watcher.withLock({ $0 }) else { return }
        for server in gone { watcher.addressLeft(server, Self.parts(of: name).host) }
    }

    /// The body of the thread that keeps the names of open servers up to date; it ends when there are none.
    private func refreshWhileInUse() {
        while true {
            // Once a second: a reload may have shortened the time.
            sleep(1)
            guard let watcher = watcher.withLock({ $0 }) else { continue }
            let due: [String]? = state.withLock { state in
                guard state.hosts.isInUse else {
                    state.isRefreshing = false
                    return nil
                }
                return state.hosts.due(at: .now(), isOpen: watcher.isOpen)
            }
            guard let due else { return }
            for name in due { startLookUp(name) }
        }
    }

    // MARK: - Names

    private static func name(_ host: String, _ port: UInt16) -> String { "\(host):\(port)" }

    private static func parts(of name: String) -> (host: String, port: UInt16) {
        let colon = name.lastIndex(of: ":") ?? name.endIndex
        return (String(name[..<colon]), UInt16(name[colon...].dropFirst()) ?? 0)
    }

    /// A name's addresses take turns.
    private static func rotated(_ addresses: [SocketAddress], by rotation: Int) -> [SocketAddress] {
        guard addresses.count > 1 else { return addresses }
        let start = rotation % addresses.count
        return Array(addresses[start...] + addresses[..<start])
    }
}
