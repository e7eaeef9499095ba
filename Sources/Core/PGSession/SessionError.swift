/// A violation of the protocol by the server. The connection must be closed, because later messages cannot be matched
/// to requests.
package enum SessionError: Error, Hashable, Sendable {
    /// A message that is not an answer to any request.
    case unexpected(UInt8)
    /// A length below 4, or above the accepted maximum.
    case length(UInt8, declared: Int)
    /// A field that extends past the end of its message, or has an invalid value.
    case malformed(UInt8)
}

extension SessionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpected(let type): "the server sent an unexpected message (\(Self.name(of: type)))"
        case .length(let type, let declared):
            "the server announced a message of \(declared) bytes (\(Self.name(of: type)))"
        case .malformed(let type): "the server sent a malformed message (\(Self.name(of: type)))"
        }
    }

    private static func name(of type: UInt8) -> String {
        (0x21...0x7e).contains(type) ? "'\(Unicode.Scalar(type))'" : "type \(type)"
    }
}
