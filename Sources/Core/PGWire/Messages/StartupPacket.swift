/// The first, untagged packet of a client: a start-up message or one of three special requests.
///
///     Int32 length | Int32 code | body
///
/// Source: PostgreSQL, protocol-message-formats.html, StartupMessage, SSLRequest, GSSENCRequest, CancelRequest
package enum StartupPacket: Equatable, Sendable {
    case startup(ProtocolVersion, parameters: [StartupParameter])
    case sslRequest
    case gssEncRequest
    /// `key` is everything after the length and request code: process ID and secret, eight bytes in protocol 3.0.
    case cancelRequest(key: [UInt8])

    /// PostgreSQL's own limit for this packet (`MAX_STARTUP_PACKET_LENGTH`), length word included.
    package static let maximumLength = 10_000

    package static let sslRequestCode: Int32 = 80_877_103
    package static let gssEncRequestCode: Int32 = 80_877_104
    package static let cancelRequestCode: Int32 = 80_877_102

    /// The packet's whole length, once its first four bytes are there.
    ///
    /// - Throws: ``WireError/invalidStartupPacket`` before anything is buffered for a length no client may send.
    package static func length(of bytes: [UInt8]) throws(WireError) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let length = Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
        guard length >= 8, length <= maximumLength else { throw .invalidStartupPacket }
        return length
    }

    /// Decodes a whole packet, length word included.
    package init(_ packet: [UInt8]) throws(WireError) {
        var reader = WireReader(packet)
        guard Int(try reader.int32()) == packet.count else { throw .invalidStartupPacket }
        let code = try reader.int32()
        switch code {
        case Self.sslRequestCode, Self.gssEncRequestCode:
            guard reader.isAtEnd else { throw .invalidStartupPacket }
            self = code == Self.sslRequestCode ? .sslRequest : .gssEncRequest
        case Self.cancelRequestCode:
            // Process ID and a secret of 4…256 bytes (3.2); 3.0 sends exactly 4.
            guard (8...260).contains(reader.remaining) else { throw .invalidStartupPacket }
            self = .cancelRequest(key: reader.rest())
        default:
            let version = ProtocolVersion(code: code)
            guard version.major == 3 else {
                throw .unsupportedProtocolVersion(major: version.major, minor: version.minor)
            }
            self = .startup(version, parameters: try Self.parameters(&reader))
        }
    }

    private static func parameters(_ reader: inout WireReader) throws(WireError) -> [StartupParameter] {
        var parameters: [StartupParameter] = []
        do throws(WireError) {
            while true {
                let name = try reader.cString()
                if name.isEmpty { break }
                parameters.append(StartupParameter(name: name, value: try reader.cStringBytes()))
            }
        } catch {
            throw error == .invalidUTF8 ? error : .invalidStartupLayout
        }
        guard reader.isAtEnd else { throw .invalidStartupLayout }
        return parameters
    }

    /// The packet's wire form, for the connections the pooler opens itself.
    package func encode(into writer: inout WireWriter) {
        writer.untyped { body in
            switch self {
            case .sslRequest: body.int32(Self.sslRequestCode)
            case .gssEncRequest: body.int32(Self.gssEncRequestCode)
            case .cancelRequest(let key):
                body.int32(Self.cancelRequestCode)
                body.raw(key)
            case .startup(let version, let parameters):
                body.int32(version.code)
                for parameter in parameters {
                    body.cString(parameter.name)
                    body.cString(bytes: parameter.value)
                }
                body.byte(0)
            }
        }
    }
}

/// One name and value of a start-up message. The value is kept as bytes, because only the client knows its encoding.
package struct StartupParameter: Hashable, Sendable {
    package var name: String
    package var value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(name: String, value: String) { self.init(name: name, value: Array(value.utf8)) }
}
