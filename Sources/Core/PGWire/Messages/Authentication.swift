/// A server's authentication request.
///
///     'R' | Int32 length | Int32 kind | kind-specific
///
/// Source: PostgreSQL, protocol-message-formats.html, Authentication*
package enum Authentication: Equatable, Sendable {
    case ok
    case cleartextPassword
    case md5Password(salt: [UInt8])
    case sasl(mechanisms: [String])
    case saslContinue([UInt8])
    case saslFinal([UInt8])
    /// Kerberos, GSS, SSPI and unknown kinds, which the pooler cannot answer.
    case unsupported(Int32)

    package init(body: [UInt8]) throws(WireError) {
        var reader = WireReader(body)
        let kind = try reader.int32()
        switch kind {
        case 0: self = .ok
        case 3: self = .cleartextPassword
        case 5: self = .md5Password(salt: try reader.bytes(4))
        case 10:
            var mechanisms: [String] = []
            while true {
                let name = try reader.cString()
                if name.isEmpty { break }
                mechanisms.append(name)
            }
            self = .sasl(mechanisms: mechanisms)
        case 11: self = .saslContinue(reader.rest())
        case 12: self = .saslFinal(reader.rest())
        default: self = .unsupported(kind)
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.message(BackendMessage.authentication) { body in
            switch self {
            case .ok: body.int32(0)
            case .cleartextPassword: body.int32(3)
            case .md5Password(let salt):
                body.int32(5)
                body.raw(salt)
            case .sasl(let mechanisms):
                body.int32(10)
                for name in mechanisms { body.cString(name) }
                body.byte(0)
            case .saslContinue(let data):
                body.int32(11)
                body.raw(data)
            case .saslFinal(let data):
                body.int32(12)
                body.raw(data)
            case .unsupported(let kind): body.int32(kind)
            }
        }
    }
}
