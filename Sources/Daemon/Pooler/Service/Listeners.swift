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

    /// Opens all of them. An address that cannot be used is warned about, and the others are used; it is an error when
    /// none of `listen_addr` can be, or when the Unix socket cannot.
    static func open(_ settings: PoolerSettings, _ log: Log) throws(StartupError) -> [Opened] {
        let path = settings.unixSocketDir.isEmpty ? nil : "\(settings.unixSocketDir)/.s.PGSQL.\(settings.listenPort)"
        if let path, PosixSockets.answers(path) {
            throw StartupError("unix socket is in use, cannot continue: \(path)")
        }
        var opened: [Opened] = []
        let port = UInt16(truncatingIfNeeded: settings.listenPort)
        for name in settings.listenAddr {
            for address in try addresses(of: name, port: port) {
                let description = address.host.contains(":") ? "[\(address.host)]:\(port)" : "\(address.host):\(port)"
                if let entry = open(address, settings, description, log) { opened.append(entry) }
            }
        }
        if opened.isEmpty, !settings.listenAddr.isEmpty {
            let list = settings.text(of: "listen_addr") ?? ""
            throw StartupError("failed to listen on any address in listen_addr list: \(list)")
        }
        if let path {
            // A socket file outlives a process that was killed.
            if !path.hasPrefix("@") { unsafe unlink(path) }
            guard let entry = open(.unix(path: path, pid: 0), settings, "unix:\(path)", log) else {
                throw StartupError("failed to create unix socket")
            }
            opened.append(entry)
            try giveToGroup(settings.unixSocketGroup, path)
        }
        guard !opened.isEmpty else { throw StartupError("nowhere to listen on") }
        return opened
    }

    /// Removes the files of Unix sockets.
    static func removeFiles(of opened: [Opened]) {
        for entry in opened {
            if case .unix(let path, _) = entry.address, !path.hasPrefix("@") { unsafe unlink(path) }
        }
    }

    private static func addresses(of name: String, port: UInt16) throws(StartupError) -> [SocketAddress] {
        if name == "*" {
            return [.ipv4(0, port: port)] + (hasIPv6 ? [.ipv6(high: 0, low: 0, scope: 0, port: port)] : [])
        }
        if let address = SocketAddress(numericHost: name, port: port) { return [address] }
        switch SocketAddress.resolve(name, port: port) {
        case .success(let addresses): return addresses
        case .failure(let error): throw StartupError("getaddrinfo('\(name)', '\(port)') = \(error.reason)")
        }
    }

    /// Containers are often without IPv6; `*` means what there is.
    private static var hasIPv6: Bool { unsafe access("/proc/net/if_inet6", R_OK) == 0 }

    private static func open(
        _ address: SocketAddress, _ settings: PoolerSettings, _ description: String, _ log: Log
    ) -> Opened? {
        do throws(SystemError) {
            let socket = try PosixSockets.listen(
                on: address, backlog: settings.listenBacklog, reusePort: settings.soReuseport,
                deferAccept: settings.tcpDeferAccept ? 1 : 0,
                unixMode: address.isUnix ? settings.unixSocketMode : nil)
            log.write(.log, "listening on \(description)")
            return Opened(socket: socket, address: address, description: description)
        } catch {
            log.write(.warning, "cannot listen on \(description): \(error.call)(): \(error.reason)")
            return nil
        }
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
