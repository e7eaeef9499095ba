/// The first packet of a client, which has no type byte: a start-up message or one of three special requests.
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

    /// PostgreSQL's limit for this packet (`MAX_STARTUP_PACKET_LENGTH`), including the length word.
    package static let maximumLength = 10_000

    package static let sslRequestCode: Int32 = 80_877_103
    package static let gssEncRequestCode: Int32 = 80_877_104
    package static let cancelRequestCode: Int32 = 80_877_102

    /// The packet's total length, once its first four bytes have arrived.
    ///
    /// - Throws: ``WireError/invalidStartupPacket`` before anything is buffered for a length that is not allowed.
    package static func length(of bytes: [UInt8]) throws(WireError) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let length = Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
        guard length >= 8, length <= maximumLength else { throw .invalidStartupPacket }
        return length
    }

    /// Decodes a complete packet, including the length word.
    package init(_ packet: [UInt8]) throws(WireError) {
        var reader = WireReader(packet)
        guard Int(try reader.int32()) == packet.count else { throw .invalidStartupPacket }
        let code = try reader.int32()
        switch code {
        case Self.sslRequestCode, Self.gssEncRequestCode:
            guard reader.isAtEnd else { throw .invalidStartupPacket }
            self = code == Self.sslRequestCode ? .sslRequest : .gssEncRequest
        case Self.cancelRequestCode:
            // A process ID and a secret of 4…256 bytes (3.2); 3.0 sends exactly 4.
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
        parameters.reserveCapacity(4)
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

    /// Writes the packet, for connections that the pooler opens.
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

/// A name and value from a start-up message. The value is bytes, because its encoding is known only to the client.
package struct StartupParameter: Hashable, Sendable {
    package var name: String
    package var value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(name: String, value: String) { self.init(name: name, value: Array(value.utf8)) }
}
