package import MonotonicTime

/// The addresses that host names stand for, and the servers that were opened by these names.
///
/// A name that servers are open by is looked up again when its answer is out of date, even if no new server needs it:
/// servers whose address has left the answer are to be closed when free. A name that no server is open by is kept until
/// it is asked for again. A pure value: the driver looks names up.
///
/// Source: PgBouncer 1.25.2, `check_req_result_changes`; it looks a name up again only when a server is opened.
package struct HostCache<Address: Hashable & Sendable>: Sendable {
    package enum Answer: Sendable {
        case known([Address])
        /// Look the name up, then call ``HostCache/answered(_:_:at:)``.
        case lookUp
        /// A look-up is under way.
        case wait
    }

    private struct Entry: Sendable {
        var addresses: [Address]?
        var expires = Instant(nanoseconds: .min)
        /// When the name is looked up again for the servers that are open by it.
        var refreshAt = Instant(nanoseconds: .min)
        var timeToLive = Duration.zero
        var isAsking = false
        var servers: [ServerID: Address] = [:]
        /// Above this number of servers those that are gone are looked for.
        var sweepsAt = 64
    }

    private var entries: [String: Entry] = [:]

    package init() {}

    /// - Parameter timeToLive: how long the answer may be kept: `dns_max_ttl`.
    package mutating func ask(_ name: String, timeToLive: Duration, at now: Instant) -> Answer {
        var entry = entries[name] ?? Entry()
        defer { entries[name] = entry }
        entry.timeToLive = timeToLive
        if let addresses = entry.addresses, entry.expires > now { return .known(addresses) }
        guard !entry.isAsking else { return .wait }
        entry.isAsking = true
        return .lookUp
    }

    /// A look-up has ended.
    ///
    /// - Parameter addresses: `nil` if it failed; then the servers are left alone.
    /// - Returns: the servers whose address is no longer among the name's, in the order of their numbers.
    package mutating func answered(_ name: String, _ addresses: [Address]?, at now: Instant) -> [ServerID] {
        guard var entry = entries[name] else { return [] }
        defer { entries[name] = entry.addresses == nil && entry.servers.isEmpty ? nil : entry }
        entry.isAsking = false
        entry.refreshAt = now + entry.timeToLive
        guard let addresses, !addresses.isEmpty else {
            if entry.servers.isEmpty { entry.addresses = nil }
            return []
        }
        entry.expires = entry.refreshAt
        entry.addresses = addresses
        let known = Set(addresses)
        let gone = entry.servers.filter { !known.contains($0.value) }.keys.sorted { $0.rawValue < $1.rawValue }
        for server in gone { entry.servers[server] = nil }
        return gone
    }

    /// A server is being opened at one of the name's addresses.
    ///
    /// - Parameter isOpen: whether a server is still there; asked about earlier ones, when there are many.
    package mutating func open(
        _ server: ServerID, by name: String, at address: Address, isOpen: (ServerID) -> Bool
    ) {
        guard var entry = entries[name] else { return }
        entry.servers[server] = address
        if entry.servers.count > entry.sweepsAt {
            entry.servers = entry.servers.filter { isOpen($0.key) || $0.key == server }
            entry.sweepsAt = max(64, 2 * entry.servers.count)
        }
        entries[name] = entry
    }

    /// The names that must be looked up now for the servers that are open by them, in the order of the alphabet.
    ///
    /// - Parameter isOpen: whether a server is still there.
    package mutating func due(at now: Instant, isOpen: (ServerID) -> Bool) -> [String] {
        var names: [String] = []
        for (name, entry) in entries where !entry.servers.isEmpty && !entry.isAsking && entry.refreshAt <= now {
            let servers = entry.servers.filter { isOpen($0.key) }
            entries[name]?.servers = servers
            guard !servers.isEmpty else { continue }
            entries[name]?.isAsking = true
            names.append(name)
        }
        return names.sorted()
    }

    /// Whether any name has servers that are open by it, as far as is known.
    package var isInUse: Bool { entries.values.contains { !$0.servers.isEmpty } }

    /// The names with addresses, how long these may still be used, and the addresses, in the order of the names.
    package func known(at now: Instant) -> [(name: String, timeToLive: Duration, addresses: [Address])] {
        entries.sorted { $0.key < $1.key }.compactMap { name, entry in
            entry.addresses.map { (name, max(.zero, entry.expires.duration(since: now)), $0) }
        }
    }
}
