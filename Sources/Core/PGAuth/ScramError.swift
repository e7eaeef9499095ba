/// Why a SCRAM exchange failed.
package enum ScramError: Error, Hashable, Sendable {
    /// A message is longer than ``ScramMessage/maximumByteCount``.
    case messageTooLong
    /// A message does not follow the grammar.
    case malformed(ScramMessage, ScramDefect)
    /// A message came out of turn; the exchange was over or had not got so far.
    case unexpectedMessage(ScramMessage)

    /// The client insists on channel binding, which is not offered.
    case channelBindingRequired
    /// The client wants to act for somebody else (`a=`), which PostgreSQL does not know.
    case authorizationIdentity
    /// The client requires an extension (`m=`), and none is known.
    case unsupportedExtension
    /// The client's final message repeats another channel-binding header than its first message had.
    case channelBindingMismatch
    /// The nonce does not belong to this exchange.
    case nonceMismatch
    /// The password is wrong, or the user is unknown: on purpose, nothing tells which.
    case proofMismatch

    /// The server demands more iterations than ``ScramClient/maximumIterations``.
    case tooManyIterations(Int)
    /// The keys at hand belong to another salt or number of iterations than the server's.
    ///
    /// SCRAM pass-through needs the same secret on both sides.
    case keysForOtherParameters
    /// The server ended the exchange with this `e=` value, which is untrusted text.
    case refusedByServer(String)
    /// The server does not know the secret: it may be an impostor.
    case serverSignatureMismatch
}

/// What is wrong with a SCRAM message.
package enum ScramDefect: Hashable, Sendable {
    /// Another attribute, or none, where this one must be.
    case attributeExpected(Character)
    /// No attribute (letter, `=`) where one must be.
    case noAttribute
    /// The first byte is not a channel-binding flag `n`, `y` or `p`, or no comma follows it.
    case channelBindingFlag
    /// A nonce is empty, or holds a byte that is not printable.
    case nonce
    /// A value is not base64, or has not the length it must have.
    case base64
    /// The iteration count is not a positive number.
    case iterations
    /// The message goes on after its last attribute.
    case garbageAtEnd
    /// The message holds a zero byte.
    case zeroByte
}

/// The four messages of an exchange.
package enum ScramMessage: Hashable, Sendable {
    case clientFirst, serverFirst, clientFinal, serverFinal

    /// The longest message accepted from either side. PostgreSQL's limit for the client's is a little less.
    package static let maximumByteCount = 1024
}

extension ScramError: CustomStringConvertible {
    /// For the log; PostgreSQL's and PgBouncer's words where they have some.
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
    /// The RFC's name.
    package var description: String {
        switch self {
        case .clientFirst: "client-first-message"
        case .serverFirst: "server-first-message"
        case .clientFinal: "client-final-message"
        case .serverFinal: "server-final-message"
        }
    }
}
