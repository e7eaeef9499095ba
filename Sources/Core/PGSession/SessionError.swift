/// Why a server is not believed any more. The connection has to be closed: what comes next cannot be told apart.
package enum SessionError: Error, Hashable, Sendable {
    /// A message that does not answer what was asked.
    case unexpected(UInt8)
    /// A length below 4, or above what is accepted.
    case length(UInt8, declared: Int)
    /// A field reaches past the end of its message, or says what it cannot say.
    case malformed(UInt8)
}

extension SessionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpected(let type): "the server sent a message that answers nothing (\(Self.name(of: type)))"
        case .length(let type, let declared):
            "the server announced a message of \(declared) bytes (\(Self.name(of: type)))"
        case .malformed(let type): "the server sent a malformed message (\(Self.name(of: type)))"
        }
    }

    private static func name(of type: UInt8) -> String {
        (0x21...0x7e).contains(type) ? "'\(Unicode.Scalar(type))'" : "type \(type)"
    }
}
