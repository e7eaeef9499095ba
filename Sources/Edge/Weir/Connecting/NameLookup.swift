import Glibc
import NIOCore
import NIOPosix
import PGConnInfo

/// Resolves host names with the system's resolver.
enum NameLookup {
    /// The reason why there is no address, in the system's words.
    struct Failure: Error {
        let reason: String
    }

    /// Returns all addresses of a host, in the system's order. Uses no name server if the text is an address.
    static func addresses(of server: ConnectionString.Server, on loop: any EventLoop) -> EventLoopFuture<
        [SocketAddress]
    > {
        if let numeric = server.address {
            return loop.makeCompletedFuture { try lookUp(numeric, port: server.port, flags: AI_NUMERICHOST) }
        }
        let name = server.host ?? "localhost"
        if let found = try? lookUp(name, port: server.port, flags: AI_NUMERICHOST) {
            return loop.makeSucceededFuture(found)
        }
        // The system's resolver blocks, so it runs on a thread pool.
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            try lookUp(name, port: server.port, flags: 0)
        }
    }

    private static func lookUp(_ name: String, port: Int, flags: CInt) throws -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = flags
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(name, String(port), &hints, &list)
        guard status == 0 else { throw Failure(reason: unsafe String(cString: gai_strerror(status))) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        while let info = unsafe entry {
            if let address = unsafe address(info.pointee) { addresses.append(address) }
            unsafe entry = info.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw Failure(reason: "no address of a supported family") }
        return addresses
    }

    private static func address(_ info: addrinfo) -> SocketAddress? {
        guard let pointer = unsafe info.ai_addr else { return nil }
        let raw = UnsafeRawPointer(pointer)
        let length = unsafe Int(info.ai_addrlen)
        switch unsafe info.ai_family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            return SocketAddress(unsafe raw.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            return SocketAddress(unsafe raw.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }
}
