import CLinux
import Glibc

/// A failed system call.
package struct SystemError: Error, Hashable, Sendable {
    package let call: String
    package let number: Int32

    package init(_ call: String, _ number: Int32 = errno) {
        self.call = call
        self.number = number
    }

    /// The system's message for the error.
    package var reason: String { SystemError.text(number) }

    package static func text(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}

/// Socket system calls with Swift types. Every socket created here is non-blocking and close-on-exec.
package enum PosixSockets {
    /// Creates a listening socket.
    package static func listen(
        on address: SocketAddress, backlog: Int, reusePort: Bool, deferAccept: Int, unixMode: Int? = nil
    ) throws(SystemError) -> DetachedSocket {
        let descriptor = try make(family(of: address))
        do throws(SystemError) {
            if case .unix(let path, _) = address {
                try bind(descriptor, to: address)
                if let unixMode, !path.hasPrefix("@") {
                    let result = unsafe chmod(path, mode_t(truncatingIfNeeded: unixMode))
                    guard result == 0 else { throw SystemError("chmod") }
                }
            } else {
                try set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
                if reusePort { try set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
                if case .ipv6 = address { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
                if deferAccept > 0 {
                    try set(descriptor, Int32(IPPROTO_TCP), TCP_DEFER_ACCEPT, Int32(clamping: deferAccept))
                }
                try bind(descriptor, to: address)
            }
            guard Glibc.listen(descriptor, Int32(clamping: backlog)) == 0 else { throw SystemError("listen") }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return DetachedSocket(rawValue: descriptor)
    }

    /// Begins a connection; the socket becomes writable when it is established or has failed.
    package static func connect(
        to address: SocketAddress, options: SocketOptions
    ) throws(SystemError) -> Int32 {
        let descriptor = try make(family(of: address))
        if !address.isUnix { apply(options, to: descriptor) }
        let result = unsafe withSocketAddress(address) { pointer, length in
            unsafe Glibc.connect(descriptor, pointer, length)
        }
        // A Unix socket whose backlog is full gives EAGAIN and stays unconnected: an error like any other.
        guard result == 0 || errno == EINPROGRESS else {
            let error = SystemError("connect")
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    /// For sockets other than Unix sockets; a failure is harmless and ignored, as in PgBouncer.
    static func apply(_ options: SocketOptions, to descriptor: Int32) {
        let tcp = Int32(IPPROTO_TCP)
        try? set(descriptor, tcp, TCP_NODELAY, 1)
        if options.socketBuffer > 0 {
            try? set(descriptor, SOL_SOCKET, SO_SNDBUF, Int32(clamping: options.socketBuffer))
            try? set(descriptor, SOL_SOCKET, SO_RCVBUF, Int32(clamping: options.socketBuffer))
        }
        if options.keepAlive {
            try? set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
            if options.keepIdle > 0 { try? set(descriptor, tcp, TCP_KEEPIDLE, Int32(clamping: options.keepIdle)) }
            if options.keepInterval > 0 {
                try? set(descriptor, tcp, TCP_KEEPINTVL, Int32(clamping: options.keepInterval))
            }
            if options.keepCount > 0 { try? set(descriptor, tcp, TCP_KEEPCNT, Int32(clamping: options.keepCount)) }
        }
        if options.userTimeout > 0 {
            try? set(descriptor, tcp, TCP_USER_TIMEOUT, Int32(clamping: options.userTimeout))
        }
    }

    /// The process and user at the other end of a Unix socket.
    static func peerCredentials(of descriptor: Int32) -> PeerCredentials? {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
        guard unsafe weir_peer_credentials(descriptor, &pid, &uid, &gid) == 0 else { return nil }
        return PeerCredentials(processID: pid, userID: uid)
    }

    package static func localAddress(of descriptor: Int32) -> SocketAddress {
        unsafe address(descriptor, of: getsockname) ?? .unix(path: "", pid: 0)
    }

    /// The peer's address. A connection that is already broken has no peer; the result is then the unspecified address
    /// of its family. It is not the local address, which may be a trusted one: bytes that the peer sent before are
    /// still read.
    static func peerAddress(of descriptor: Int32) -> SocketAddress {
        if let peer = unsafe address(descriptor, of: getpeername) { return peer }
        switch localAddress(of: descriptor) {
        case .ipv4: return .ipv4(0, port: 0)
        case .ipv6: return .ipv6(high: 0, low: 0, scope: 0, port: 0)
        case .unix: return .unix(path: "", pid: 0)
        }
    }

    private static func address(
        _ descriptor: Int32, of ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe ask(descriptor, $0, &length) }
        }
        return result == 0 ? SocketAddress(storage) : nil
    }

    /// The pending error of a socket (`SO_ERROR`), 0 for none.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    /// Discards the bytes that have arrived, reading a few times at most. It uses no receive buffer, which may contain
    /// the piece that the worker is handling.
    static func discardInput(_ descriptor: Int32) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 16) { buffer in
            for _ in 0..<64 {
                guard unsafe recv(descriptor, buffer.baseAddress, buffer.count, WEIR_RECEIVE_FLAGS) > 0 else { return }
            }
        }
    }

    package static func close(_ socket: DetachedSocket) { Glibc.close(socket.rawValue) }

    private static func family(of address: SocketAddress) -> Int32 {
        switch address {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    private static func make(_ family: Int32) throws(SystemError) -> Int32 {
        let descriptor = socket(family, WEIR_STREAM, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, to address: SocketAddress) throws(SystemError) {
        let result = unsafe withSocketAddress(address) { pointer, length in
            unsafe Glibc.bind(descriptor, pointer, length)
        }
        guard result == 0 else { throw SystemError("bind") }
    }

    private static func set(
        _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32
    ) throws(SystemError) {
        var value = value
        guard unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SystemError("setsockopt")
        }
    }
}

// MARK: - Conversion to and from the kernel's structures

/// Calls `body` with the kernel's representation of an address.
func withSocketAddress<Result>(
    _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        switch address {
        case .ipv4(let host, let port):
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = port.bigEndian
            value.sin_addr.s_addr = host.bigEndian
            unsafe bytes.storeBytes(of: value, as: sockaddr_in.self)
        case .ipv6(let high, let low, let scope, let port):
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = port.bigEndian
            value.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &value.sin6_addr) { raw in
                unsafe raw.storeBytes(of: high.bigEndian, as: UInt64.self)
                unsafe raw.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            unsafe bytes.storeBytes(of: value, as: sockaddr_in6.self)
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        case .unix(let path, _):
            let offset = MemoryLayout<sa_family_t>.size
            unsafe bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            // 107 bytes and a zero: the size of sun_path. A longer path is truncated, and the call fails with its own
            // error.
            var name = Array(path.utf8.prefix(107))
            let isAbstract = name.first == UInt8(ascii: "@")
            if isAbstract { name[0] = 0 }
            for (index, byte) in name.enumerated() { unsafe bytes[offset + index] = byte }
            length = socklen_t(offset + name.count + (isAbstract ? 0 : 1))
        }
    }
    return unsafe withUnsafePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
    }
}

extension SocketAddress {
    /// Converts the kernel's representation.
    init(_ storage: sockaddr_storage, path: String = "") {
        let family = Int32(storage.ss_family)
        self = unsafe withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET:
                let value = unsafe bytes.load(as: sockaddr_in.self)
                return .ipv4(UInt32(bigEndian: value.sin_addr.s_addr), port: UInt16(bigEndian: value.sin_port))
            case AF_INET6:
                let value = unsafe bytes.load(as: sockaddr_in6.self)
                let high = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                let low = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                return .ipv6(
                    high: UInt64(bigEndian: high), low: UInt64(bigEndian: low), scope: value.sin6_scope_id,
                    port: UInt16(bigEndian: value.sin6_port))
            default: return .unix(path: path, pid: 0)
            }
        }
    }

    /// Creates an address from a numeric host, without a resolver; `nil` if `host` is a name.
    package init?(numericHost host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
        } else if unsafe inet_pton(AF_INET6, host, &six) == 1 {
            let (high, low) = unsafe withUnsafeBytes(of: &six) { bytes in
                unsafe (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            self = .ipv6(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low), scope: 0, port: port)
        } else {
            return nil
        }
    }

    /// All addresses that the resolver returns for a host name; blocks the calling thread.
    package static func resolve(_ host: String, port: UInt16) -> Result<[SocketAddress], ResolveError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            return .failure(ResolveError(reason: unsafe String(cString: gai_strerror(status))))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            guard let raw = unsafe entry.pointee.ai_addr else { continue }
            var storage = sockaddr_storage()
            let size = unsafe min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: size))
            }
            let address = SocketAddress(storage)
            if !addresses.contains(address) { addresses.append(address) }
        }
        return .success(addresses)
    }
}

/// The error thrown when a host name has no address.
package struct ResolveError: Error, Hashable, Sendable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

extension PosixSockets {
    /// Sends one datagram to a Unix socket, `@` first for the abstract namespace; what cannot be delivered is lost.
    package static func sendDatagram(_ bytes: [UInt8], toUnixSocket path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { Glibc.close(descriptor) }
        unsafe withSocketAddress(.unix(path: path, pid: 0)) { pointer, length in
            _ = unsafe sendto(descriptor, bytes, bytes.count, WEIR_SEND_FLAGS, pointer, length)
        }
    }

    /// Whether a process listens on a Unix socket.
    package static func answers(_ path: String) -> Bool {
        guard let descriptor = try? connect(to: .unix(path: path, pid: 0), options: SocketOptions()) else {
            return false
        }
        Glibc.close(descriptor)
        return true
    }
}
