/// The error thrown when a SCRAM exchange fails.
package enum ScramError: Error, Hashable, Sendable {
    /// A message is longer than ``ScramMessage/maximumByteCount``.
    case messageTooLong
    /// A message does not follow the grammar.
    case malformed(ScramMessage, ScramDefect)
    /// A message was out of sequence; the exchange was over or had not reached that step.
    case unexpectedMessage(ScramMessage)

    /// The client requires channel binding, which is not offered.
    case channelBindingRequired
    /// The client requests another authorization identity (`a=`), which PostgreSQL does not support.
    case authorizationIdentity
    /// The client requires an extension (`m=`), and none is supported.
    case unsupportedExtension
    /// The channel-binding header in the client's final message differs from the one in its first message.
    case channelBindingMismatch
    /// The nonce does not belong to this exchange.
    case nonceMismatch
    /// The password is wrong, or the user is unknown: deliberately indistinguishable.
    case proofMismatch

    /// The server requires more iterations than ``ScramClient/maximumIterations``.
    case tooManyIterations(Int)
    /// The available keys belong to a salt or number of iterations other than the server's.
    ///
    /// SCRAM pass-through needs the same secret on both sides.
    case keysForOtherParameters
    /// The server ended the exchange with this `e=` value, which is untrusted text.
    case refusedByServer(String)
    /// The server does not know the secret: it may be an impostor.
    case serverSignatureMismatch
}

/// A defect of a SCRAM message.
package enum ScramDefect: Hashable, Sendable {
    /// The required attribute is missing, or another one is in its place.
    case attributeExpected(Character)
    /// An attribute (letter, `=`) is required, but there is none.
    case noAttribute
    /// The first byte is not a channel-binding flag `n`, `y` or `p`, or no comma follows it.
    case channelBindingFlag
    /// A nonce is empty, or contains a byte that is not printable.
    case nonce
    /// A value is not base64, or has the wrong length.
    case base64
    /// The iteration count is not a positive number.
    case iterations
    /// There are bytes after the last attribute.
    case garbageAtEnd
    /// The message contains a zero byte.
    case zeroByte
}

/// The four messages of an exchange.
package enum ScramMessage: Hashable, Sendable {
    case clientFirst, serverFirst, clientFinal, serverFinal

    /// The maximum length of a message from either side. PostgreSQL's limit for the client's messages is slightly
    /// lower.
    package static let maximumByteCount = 1024
}

extension ScramError: CustomStringConvertible {
    /// The message for the log, in PostgreSQL's and PgBouncer's words if they have some.
    package var description: String {
        switch self {
        case .messageTooLong: "SCRAM message longer than \(ScramMessage.maximumByteCount) bytes"
        case .malformed(let message, let defect): "malformed SCRAM message (\(defect) in \(message))"
        case .unexpectedMessage(let message): "unexpected SCRAM message (\(message))"
        case .channelBindingRequired: "client requires SCRAM channel binding, but it is not supported"
        case .authorizationIdentity: "client uses authorization identity, but it is not supported"
        case .unsupportedExtension: "client requires an unsupported SCRAM extension"
        case .channelBindingMismatch: "unexpected SCRAM channel-binding attribute in client-final-message"
        case .nonceMismatch: "invalid SCRAM response (nonce mismatch)"
        case .proofMismatch: "password authentication failed"
        case .tooManyIterations(let count): 
            "server demands \(count) SCRAM iterations, at most \(ScramClient.maximumIterations) are computed"
        case .keysForOtherParameters: "server's SCRAM salt or iterations differ from those of the stored secret"
        case .refusedByServer(let reason): "error received from server in SCRAM exchange: \(reason)"
        case .serverSignatureMismatch: "incorrect server signature"
        }
    }
}

extension ScramDefect: CustomStringConvertible {
    package var description: String {
        switch self {
        case .attributeExpected(let name): "attribute \"\(name)\" expected"
        case .noAttribute: "attribute expected"
        case .channelBindingFlag: "unexpected channel-binding flag"
        case .nonce: "non-printable characters in nonce"
        case .base64: "invalid base64"
        case .iterations: "invalid iteration count"
        case .garbageAtEnd: "garbage at end"
        case .zeroByte: "zero byte"
        }
    }
}

extension ScramMessage: CustomStringConvertible {
    /// The name from the RFC.
    package var description: String {
        switch self {
        case .clientFirst: "client-first-message"
        case .serverFirst: "server-first-message"
        case .clientFinal: "client-final-message"
        case .serverFinal: "server-final-message"
        }
    }
}
