import Glibc
import IOEngine
import PoolerConfig

/// Opens the sockets of `listen_addr`, `listen_port` and `unix_socket_dir`.
enum Listeners {
    struct Opened {
        let socket: DetachedSocket
        let address: SocketAddress
        let description: String
    }

    static func open(_ settings: PoolerSettings, _ log: Log) throws(StartupError) -> [Opened] {
        var opened: [Opened] = []
        let port = UInt16(truncatingIfNeeded: settings.listenPort)
        for name in settings.listenAddr {
            for address in try addresses(of: name, port: port) {
                opened.append(
                    try open(address, settings, description: "\(address.host):\(port)", isWildcard: name == "*"))
            }
        }
        if !settings.unixSocketDir.isEmpty {
            let path = "\(settings.unixSocketDir)/.s.PGSQL.\(settings.listenPort)"
            try removeStale(path, log)
            opened.append(
                try open(.unix(path: path, pid: 0), settings, description: "unix:\(path)", isWildcard: false))
            try giveToGroup(settings.unixSocketGroup, path)
        }
        guard !opened.isEmpty else { throw StartupError("nowhere to listen on") }
        for entry in opened { log.write(.log, "listening on \(entry.description)") }
        return opened
    }

    private static func addresses(of name: String, port: UInt16) throws(StartupError) -> [SocketAddress] {
        if name == "*" {
            return [.ipv4(0, port: port)] + (hasIPv6 ? [.ipv6(high: 0, low: 0, scope: 0, port: port)] : [])
        }
        if let address = SocketAddress(numericHost: name, port: port) { return [address] }
        switch SocketAddress.resolve(name, port: port) {
        case .success(let addresses): return addresses
        case .failure(let error): throw StartupError("cannot resolve listen address \(name): \(error.reason)")
        }
    }

    /// Containers are often without IPv6; `*` means what there is.
    private static var hasIPv6: Bool { unsafe access("/proc/net/if_inet6", R_OK) == 0 }

    private static func open(
        _ address: SocketAddress, _ settings: PoolerSettings, description: String, isWildcard: Bool
    ) throws(StartupError) -> Opened {
        do throws(SystemError) {
            let socket = try PosixSockets.listen(
                on: address, backlog: settings.listenBacklog, reusePort: settings.soReuseport,
                deferAccept: settings.tcpDeferAccept ? 1 : 0,
                unixMode: address.isUnix ? settings.unixSocketMode : nil)
            return Opened(socket: socket, address: address, description: description)
        } catch {
            throw StartupError("could not listen on \(description): \(error.reason)")
        }
    }

    /// A socket file outlives a process that was killed; one that somebody still listens on is not ours to remove.
    private static func removeStale(_ path: String, _ log: Log) throws(StartupError) {
        guard !path.hasPrefix("@"), unsafe access(path, F_OK) == 0 else { return }
        if PosixSockets.answers(path) {
            throw StartupError("unix socket is in use, cannot continue: \(path)")
        }
        unsafe unlink(path)
    }

    private static func giveToGroup(_ group: String, _ path: String) throws(StartupError) {
        guard !group.isEmpty, !path.hasPrefix("@") else { return }
        let number: gid_t
        if let value = UInt32(group) {
            number = value
        } else if let entry = unsafe getgrnam(group) {
            number = unsafe entry.pointee.gr_gid
        } else {
            throw StartupError("could not find group \(group) (unix_socket_group)")
        }
        guard unsafe chown(path, uid_t.max, number) == 0 else {
            throw StartupError("could not give \(path) to group \(group): \(SystemError.text(errno))")
        }
    }
}
