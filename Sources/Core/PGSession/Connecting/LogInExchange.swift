package import PGAuth
import PGConnInfo
package import PGWire

/// The frontend's side of the log-in, from the first message to the first ReadyForQuery.
///
/// Pass it the received bytes, in pieces of any size, and send the bytes that it returns. It buffers at most one
/// incomplete message, and fails if the server sends too much.
///
/// Source: PostgreSQL, protocol-flow.html#PROTOCOL-FLOW-START-UP; libpq 18 for what is refused
package struct LogInExchange: Sendable, Redacted {
    /// The negotiated protocol version; the requested one until the server negotiates.
    package private(set) var version: ProtocolVersion
    /// The parameters that the server reported, by name.
    package private(set) var parameters: [String: String] = [:]
    /// The process ID and the secret for CancelRequest; `nil` if the server sent none.
    package private(set) var cancelKey: (processID: Int32, secret: [UInt8])?
    /// The server's notices, a WARNING about a collation for instance.
    package private(set) var notices: [ServerError] = []
    /// Whether the server has sent ReadyForQuery.
    package private(set) var isReady = false
    /// The bytes received after the first ReadyForQuery, which belong to the session.
    package var leftover: [UInt8] { isReady ? pending : [] }

    var authenticator: Authenticator
    private let request: LogInRequest
    private var pending: [UInt8] = []
    private var received = 0
    private var hasNegotiated = false

    /// The maximum number of bytes accepted from the server during log-in.
    private static let maximumBytes = 4 * 1024 * 1024

    /// Creates an exchange.
    ///
    /// - Parameter nonce: must be new for each log-in.
    package init(_ request: LogInRequest, on transport: LogInTransport, nonce: ScramNonce) {
        self.request = request
        version = request.versions.upperBound.onWire
        authenticator = Authenticator(request, on: transport, nonce: nonce)
    }

    /// The start-up message to send first.
    package var startup: [UInt8] {
        var writer = WireWriter()
        let parameters = request.parameters.map { StartupParameter(name: $0.name, value: $0.value) }
        StartupPacket.startup(request.versions.upperBound.onWire, parameters: parameters).encode(into: &writer)
        return writer.bytes
    }

    /// Processes received bytes and returns the bytes to send, if any.
    ///
    /// - Throws: ``LogInError``; the exchange has then ended, and the connection should be closed.
    /// - Complexity: O(*n*), and the work of hashing a password
    package mutating func receive(_ bytes: [UInt8]) throws(LogInError) -> [UInt8] {
        pending += bytes
        received += bytes.count
        var writer = WireWriter()
        var start = 0
        while !isReady, pending.count - start >= 5 {
            let type = MessageType(rawValue: pending[start])
            let length = pending[(start + 1)..<(start + 5)].reduce(0) { $0 << 8 | Int($1) }
            try check(type, length: length)
            guard pending.count - start > length else { break }
            let end = start + 1 + length
            try take(type, Array(pending[(start + 5)..<end]), into: &writer)
            start = end
        }
        pending.removeFirst(start)
        guard isReady || received <= Self.maximumBytes else {
            throw .protocolViolation("the server sent too much data during log-in")
        }
        return writer.bytes
    }

    /// Checks a message's length against libpq's limits.
    private func check(_ type: MessageType, length: Int) throws(LogInError) {
        if !authenticator.isDone {
            switch type {
            case BackendMessage.authentication:
                guard (8...2000).contains(length) else {
                    throw .protocolViolation("received invalid authentication request")
                }
            case BackendMessage.negotiateProtocolVersion:
                guard (8...2000).contains(length) else {
                    throw .protocolViolation("received invalid protocol negotiation message")
                }
            case BackendMessage.errorResponse: break
            default:
                let shown = (0x21...0x7E).contains(type.rawValue) ? String(Unicode.Scalar(type.rawValue)) : "?"
                throw .protocolViolation("expected authentication request from server, but received \(shown)")
            }
        }
        if type == BackendMessage.errorResponse {
            guard (8...30_000).contains(length) else { throw .protocolViolation("received invalid error message") }
        }
        guard (4...Self.maximumBytes).contains(length) else {
            throw .protocolViolation("invalid message length: \(length)")
        }
    }

    private mutating func take(_ type: MessageType, _ body: [UInt8], into writer: inout WireWriter) throws(LogInError) {
        switch type {
        case BackendMessage.errorResponse:
            throw .server(try Self.serverError(body, type))
        case BackendMessage.authentication where !authenticator.isDone:
            let request = try Self.read { () throws(WireError) in try Authentication(body: body) }
            try authenticator.answer(request, into: &writer)
        case BackendMessage.negotiateProtocolVersion where !authenticator.hasBegun: try negotiate(body)
        case BackendMessage.parameterStatus:
            let status = try Self.read { () throws(WireError) in try ParameterStatus(body: body) }
            parameters[status.name] = String(decoding: status.value, as: UTF8.self)
        case BackendMessage.backendKeyData: try takeKey(body)
        case BackendMessage.noticeResponse:
            notices.append(try Self.serverError(body, type))
        case BackendMessage.readyForQuery where body == [TransactionStatus.idle.rawValue]: isReady = true
        default: throw .protocolViolation("unexpected message from server during startup")
        }
    }

    private static func serverError(_ body: [UInt8], _ type: MessageType) throws(LogInError) -> ServerError {
        do throws(SessionError) { return try unsafe ServerError(body: body.span.bytes, type: type.rawValue) } catch {
            throw .protocolViolation("invalid message from server during startup")
        }
    }

    private static func read<Value>(_ decode: () throws(WireError) -> Value) throws(LogInError) -> Value {
        do throws(WireError) { return try decode() } catch {
            throw .protocolViolation("invalid message from server during startup")
        }
    }

    /// Source: PostgreSQL, protocol-message-formats.html, BackendKeyData
    private mutating func takeKey(_ body: [UInt8]) throws(LogInError) {
        var reader = WireReader(body)
        let processID = try Self.read { () throws(WireError) in try reader.int32() }
        let secret = reader.rest()
        let allowed = version == .v3_0 ? 4...4 : 4...256
        guard allowed.contains(secret.count) else {
            throw .protocolViolation(
                "a cancel key of \(secret.count) bytes is not allowed in protocol version \(version.major).\(version.minor)"
            )
        }
        cancelKey = (processID, secret)
    }

    /// Source: PostgreSQL 18, protocol-message-formats.html, NegotiateProtocolVersion
    private mutating func negotiate(_ body: [UInt8]) throws(LogInError) {
        guard !hasNegotiated else { throw .protocolViolation("received duplicate protocol negotiation message") }
        hasNegotiated = true
        var reader = WireReader(body)
        let (code, count) = try Self.read { () throws(WireError) in (try reader.int32(), try reader.int32()) }
        let offered = ProtocolVersion(code: code)
        let defect: String? =
            if offered.major < 3 {
                "server requested downgrade to pre-3.0 protocol version"
            } else if offered.code > version.code {
                "server requested downgrade to a higher-numbered version"
            } else if offered == ProtocolVersion(major: 3, minor: 1) {
                "server requested downgrade to non-existent 3.1 protocol version"
            } else if count != 0 {
                "server reported an unsupported parameter that was not requested"
            } else if offered == version {
                "server negotiated but asks for no changes"
            } else {
                nil
            }
        if let defect { throw .protocolViolation("received invalid protocol negotiation message: \(defect)") }
        let minimum = request.versions.lowerBound
        guard offered.code >= minimum.onWire.code else {
            throw .protocolViolation(
                "server only supports protocol version \(offered.major).\(offered.minor), but \"min_protocol_version\" "
                    + "was set to \(minimum.rawValue)")
        }
        version = offered
    }
}

extension ConnectionOptions.ProtocolVersion {
    fileprivate var onWire: ProtocolVersion { self == .v3_2 ? .v3_2 : .v3_0 }
}
