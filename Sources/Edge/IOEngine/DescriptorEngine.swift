/// An engine whose sockets are kernel sockets, so that the kernel can be asked about them.
package protocol DescriptorEngine: IOEngine, ~Copyable {
    /// The file descriptor of a socket; `nil` if the engine no longer owns it.
    func descriptor(of socket: SocketHandle) -> Int32?

    /// Whether the socket's owner has not closed it.
    func isOpen(_ socket: SocketHandle) -> Bool
}

extension DescriptorEngine where Self: ~Copyable {
    package mutating func setOptions(_ options: SocketOptions, of socket: SocketHandle) {
        guard isOpen(socket), let descriptor = descriptor(of: socket) else { return }
        PosixSockets.apply(options, to: descriptor)
    }

    package func peerCredentials(of socket: SocketHandle) -> PeerCredentials? {
        guard isOpen(socket), let descriptor = descriptor(of: socket) else { return nil }
        return PosixSockets.peerCredentials(of: descriptor)
    }

    package func localAddress(of socket: SocketHandle) -> SocketAddress {
        guard let descriptor = descriptor(of: socket) else { return .unix(path: "", pid: 0) }
        return PosixSockets.localAddress(of: descriptor)
    }

    package func peerAddress(of socket: SocketHandle) -> SocketAddress {
        guard let descriptor = descriptor(of: socket) else { return .unix(path: "", pid: 0) }
        return PosixSockets.peerAddress(of: descriptor)
    }
}
