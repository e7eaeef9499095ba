package import PGWire

/// The protocol state of one connection, without its socket: takes bytes and returns events.
///
/// It understands only what a load needs: log-in, errors, and whether every request has been answered. Rows are skipped
/// without decoding.
package struct Session: Sendable {
    package enum Event: Equatable {
        /// The writer contains bytes for the server.
        case reply
        /// The log-in is complete.
        case loggedIn
        /// Every request so far has been answered, with or without an error.
        case answered(ServerError?)
        /// The connection is no longer usable.
        case broken(ServerError)
    }

    /// The last status that the server reported.
    package private(set) var status = TransactionStatus.idle
    /// The last error since the server's last ReadyForQuery; the reason, if the server then closes the connection.
    package private(set) var lastError: ServerError?
    package private(set) var serverVersion: String?

    private var login: LoginExchange?
    /// Whether a Sync follows each request, and so must follow a CopyFail.
    private let usesSync: Bool
    private var scanner = MessageScanner()
    /// The body of the current message, if it must be decoded.
    private var captured: [UInt8]?

    /// Bodies that must be decoded are small; a server that sends a larger one is disconnected.
    private static let captureLimit = 1 << 20

    package init(login: LoginExchange, usesSync: Bool) {
        self.login = login
        self.usesSync = usesSync
    }

    /// Whether the log-in is complete.
    package var isLoggedIn: Bool { login == nil }

    /// Takes received bytes from `position` on, up to the next event; `nil` if all have been taken.
    package mutating func advance(
        in piece: RawSpan, at position: inout Int, keys: inout ScramKeyCache, writer: inout WireWriter
    ) -> Event? {
        while position < piece.byteCount {
            let type: MessageType
            let body: Range<Int>
            let isLast: Bool
            switch scanner.step(in: piece, at: &position, maximumLength: maximumLength) {
            case .message(let kind, let length, let start, let end):
                if kind == BackendMessage.dataRow { continue }
                if kind == BackendMessage.readyForQuery, length == 1, end > start {
                    // It comes with every statement, so it is read in place.
                    return ready(unsafe piece.unsafeLoad(fromByteOffset: start, as: UInt8.self))
                }
                (type, body, isLast) = (kind, start..<end, end - start == length)
                captured = mustUnderstand(kind) ? [] : nil
            case .continuation(let kind, let start, let end, let ends): (type, body, isLast) = (kind, start..<end, ends)
            case .end: return nil
            case .invalidLength(_, let length): return .broken(.protocolError("a message of invalid length \(length)"))
            }
            if captured != nil, !capture(piece, body) { return .broken(.protocolError("a message is too long")) }
            guard isLast else { continue }
            let whole = captured ?? []
            captured = nil
            if let event = handle(type, whole, keys: &keys, writer: &writer) { return event }
        }
        return nil
    }

    /// A peer that is not PostgreSQL usually appears to announce an impossible length.
    private var maximumLength: Int { login == nil ? Int(Int32.max) : Self.captureLimit }

    private mutating func capture(_ piece: RawSpan, _ part: Range<Int>) -> Bool {
        guard part.count + (captured?.count ?? 0) <= Self.captureLimit else { return false }
        unsafe piece.withUnsafeBytes { bytes in unsafe captured?.append(contentsOf: bytes[part]) }
        return true
    }

    private func mustUnderstand(_ type: MessageType) -> Bool {
        switch type {
        case BackendMessage.readyForQuery, BackendMessage.errorResponse: true
        case BackendMessage.rowDescription, BackendMessage.commandComplete: false
        default: login != nil
        }
    }

    private mutating func handle(
        _ type: MessageType, _ body: [UInt8], keys: inout ScramKeyCache, writer: inout WireWriter
    ) -> Event? {
        switch type {
        case BackendMessage.readyForQuery:
            return ready(body.first ?? 0)
        case BackendMessage.errorResponse:
            let error =
                (try? ErrorFields(body: body)).map { ServerError($0) } ?? .protocolError("a malformed ErrorResponse")
            lastError = lastError ?? error
            return nil
        case _ where login != nil: return handleLogin(type, body, keys: &keys, writer: &writer)
        case BackendMessage.copyInResponse:
            writer.message(FrontendMessage.copyFail) { $0.cString("weir bench has no data to copy") }
            if usesSync { writer.message(FrontendMessage.sync) { _ in } }
            return .reply
        case BackendMessage.copyBothResponse: return .broken(.protocolError("replication is not supported"))
        default: return nil
        }
    }

    private mutating func ready(_ byte: UInt8) -> Event {
        guard let status = TransactionStatus(rawValue: byte) else {
            return .broken(.protocolError("a malformed ReadyForQuery"))
        }
        self.status = status
        guard login == nil else {
            guard login?.isAuthenticated == true else {
                return .broken(.protocolError("ReadyForQuery before the log-in was complete"))
            }
            login = nil
            return .loggedIn
        }
        let error = lastError
        lastError = nil
        return .answered(error)
    }

    private mutating func handleLogin(
        _ type: MessageType, _ body: [UInt8], keys: inout ScramKeyCache, writer: inout WireWriter
    ) -> Event? {
        switch type {
        case BackendMessage.authentication:
            guard let request = try? Authentication(body: body) else {
                return .broken(.protocolError("a malformed authentication request"))
            }
            do throws(ServerError) {
                try login?.answer(request, keys: &keys, into: &writer)
            } catch {
                return .broken(error)
            }
            return writer.bytes.isEmpty ? nil : .reply
        case BackendMessage.parameterStatus:
            if let parameter = try? ParameterStatus(body: body), parameter.name == "server_version" {
                serverVersion = String(decoding: parameter.value, as: UTF8.self)
            }
            return nil
        case BackendMessage.backendKeyData, BackendMessage.noticeResponse, BackendMessage.negotiateProtocolVersion:
            return nil
        default: return .broken(.protocolError("this is not PostgreSQL: it sent message \(type.rawValue) at log-in"))
        }
    }
}
