import ConnInfoFiles
import Glibc

/// A connected Unix socket that does not belong to a channel yet.
struct UnixSocket: Sendable {
    let descriptor: CInt

    /// Why a socket or its owner was rejected.
    enum Failure: Error, CustomStringConvertible {
        /// The path does not fit into a socket address.
        case tooLong(String)
        case system(CInt)
        /// The server's owner is not the user that `requirepeer` names.
        case wrongPeer(required: String, actual: String)
        case unknownPeer(CInt)

        var description: String {
            switch self {
            case .tooLong(let path): "Unix-domain socket path \"\(path)\" is too long (maximum 107 bytes)"
            case .system(let code): String(cSystemError: code)
            case .wrongPeer(let required, let actual):
                "requirepeer specifies \"\(required)\", but actual peer user name is \"\(actual)\""
            case .unknownPeer(let code): "could not get peer credentials: \(String(cSystemError: code))"
            }
        }
    }

    /// Connects. Retries while the server's queue is full, which the system reports as an error for Unix sockets.
    ///
    /// - Parameter path: a path, or `@` and a name for an abstract socket.
    static func connect(to path: String, _ scope: ConnectScope) async throws -> UnixSocket {
        while true {
            let socket = try UnixSocket()
            let code = try socket.tryConnecting(to: path)
            if code == 0 { return socket }
            socket.close()
            guard code == EAGAIN || code == EINTR else { throw Failure.system(code) }
            if let reason = scope.reason { throw reason }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private init() throws(Failure) {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno) }
    }

    func close() { _ = Glibc.close(descriptor) }

    private func tryConnecting(to path: String) throws(Failure) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        let isAbstract = bytes.first == UInt8(ascii: "@")
        // The name of an abstract socket ends where the address ends; a path ends with a zero byte.
        if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count <= capacity else {
            close()
            throw .tooLong(path)
        }
        let offset = MemoryLayout<sockaddr_un>.size - capacity
        unsafe withUnsafeMutableBytes(of: &address) { raw in
            unsafe raw[offset...].copyBytes(from: bytes)
        }
        let length = socklen_t(offset + bytes.count)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, length)
            }
        }
        return status == 0 ? 0 : errno
    }

    /// Throws if another user than `required` runs the server.
    func check(owner required: String) throws(Failure) {
        // struct ucred: process, user, group.
        var peer: (CInt, uid_t, gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else {
            throw .unknownPeer(errno)
        }
        let actual = SystemUser(peer.1)?.name ?? String(peer.1)
        guard actual == required else { throw .wrongPeer(required: required, actual: actual) }
    }
}

extension String {
    /// The system's text for an error number.
    init(cSystemError code: CInt) {
        self = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
