package import PGWire

/// One connection's dialogue, without its socket: bytes come in, events come out.
///
/// Understands only what a load needs: log-in, errors, and that everything asked has been answered. Rows are stepped
/// over, not looked at.
package struct Session: Sendable {
    package enum Event: Equatable {
        /// The writer holds bytes for the server.
        case reply
        /// The log-in is complete.
        case loggedIn
        /// Everything asked so far has been answered, with or without an error.
        case answered(ServerError?)
        /// The connection is of no use any more.
        case broken(ServerError)
    }

    /// The last status that the server reported.
    package private(set) var status = TransactionStatus.idle
    /// What the server complained about since its last ReadyForQuery; the reason, if it then hangs up.
    package private(set) var complaint: ServerError?
    package private(set) var serverVersion: String?

    private var login: LoginExchange?
    /// Whether a Sync follows each request, and so has to follow a CopyFail.
    private let usesSync: Bool
    private var scanner = MessageScanner()
    /// The body of the present message, if it must be understood.
    private var captured: [UInt8]?

    /// Bodies that must be understood are small; a server that says more than this in one of them is left.
    private static let captureLimit = 1 << 20

    package init(login: LoginExchange, usesSync: Bool) {
        self.login = login
        self.usesSync = usesSync
    }

    /// Whether the log-in is complete.
    package var isLoggedIn: Bool { login == nil }

    /// Takes received bytes from `position` on, up to the next event; `nil` when all of them have been taken.
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
                    // It comes with every statement: read where it lies.
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

    /// What is no PostgreSQL is mostly found out by the length it seems to announce.
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
                (try? ErrorFields(body: body)).map { ServerError($0) } ?? .protocolError("a broken ErrorResponse")
            complaint = complaint ?? error
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
            return .broken(.protocolError("a broken ReadyForQuery"))
        }
        self.status = status
        guard login == nil else {
            guard login?.isAuthenticated == true else {
                return .broken(.protocolError("ReadyForQuery before the log-in was complete"))
            }
            login = nil
            return .loggedIn
        }
        let error = complaint
        complaint = nil
        return .answered(error)
    }

    private mutating func handleLogin(
        _ type: MessageType, _ body: [UInt8], keys: inout ScramKeyCache, writer: inout WireWriter
    ) -> Event? {
        switch type {
        case BackendMessage.authentication:
            guard let request = try? Authentication(body: body) else {
                return .broken(.protocolError("a broken authentication request"))
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
        default: return .broken(.protocolError("this is no PostgreSQL: it sent message \(type.rawValue) at log-in"))
        }
    }
}
