import Glibc

/// Checks whether the pooler will be able to listen, before anything is started.
enum ListenProbe {
    /// The port itself if it is free; for 0, a free one.
    static func freePort(address: String, port: Int) throws(DevFailure) -> Int {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let name: String? = address == "*" ? nil : address
        let outcome = unsafe getaddrinfo(name, String(port), &hints, &list)
        guard outcome == 0, let found = unsafe list else {
            let reason = unsafe gai_strerror(outcome).map { unsafe String(cString: $0) } ?? "unknown"
            throw DevFailure(message: "Cannot listen on \"\(address)\": \(reason).")
        }
        defer { unsafe freeaddrinfo(found) }

        let descriptor = unsafe socket(found.pointee.ai_family, found.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { throw DevFailure(message: "Cannot create a socket: \(lastSystemError()).") }
        defer { close(descriptor) }
        var on: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
            throw DevFailure(message: refusal(address, port, errno))
        }
        return port == 0 ? try boundPort(descriptor) : port
    }

    private static func refusal(_ address: String, _ port: Int, _ number: Int32) -> String {
        if number == EADDRINUSE {
            return
                "Port \(port) of \(address) is in use, perhaps by another weir. Choose another with --port; 0 finds one."
        }
        errno = number
        return
            "Cannot listen on port \(port) of \(address): \(lastSystemError()). Choose another with --listen, --port."
    }

    /// The port number has the same position in both kinds of address: two bytes after the family.
    private static func boundPort(_ descriptor: Int32) throws(DevFailure) -> Int {
        var bytes = [UInt8](repeating: 0, count: 128)
        var length = socklen_t(bytes.count)
        let outcome = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let address = unsafe buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
                return Int32(-1)
            }
            return unsafe getsockname(descriptor, address, &length)
        }
        guard outcome == 0 else { throw DevFailure(message: "Cannot find a free port: \(lastSystemError()).") }
        return Int(bytes[2]) << 8 | Int(bytes[3])
    }
}
