/// The three forms of a frontend's answer to an authentication request. All have the tag `p`; the state of the
/// authentication exchange decides which one it is.
///
/// Source: PostgreSQL, protocol-message-formats.html, PasswordMessage, SASLInitialResponse, SASLResponse
extension WireWriter {
    package mutating func passwordMessage(_ password: [UInt8]) {
        message(FrontendMessage.password) { $0.cString(bytes: password) }
    }

    package mutating func saslInitialResponse(mechanism: String, _ response: [UInt8]) {
        message(FrontendMessage.password) { body in
            body.cString(mechanism)
            body.int32(Int32(truncatingIfNeeded: response.count))
            body.raw(response)
        }
    }

    package mutating func saslResponse(_ response: [UInt8]) {
        message(FrontendMessage.password) { $0.raw(response) }
    }
}

/// A decoded SASLInitialResponse.
package struct SASLInitialResponse: Equatable, Sendable {
    package var mechanism: String
    /// `nil` if the client sent none (length −1).
    package var response: [UInt8]?

    package init(body: [UInt8]) throws(WireError) {
        var reader = WireReader(body)
        mechanism = try reader.cString()
        let length = try reader.int32()
        if length == -1 {
            response = nil
        } else {
            response = try reader.bytes(Int(length))
        }
        guard reader.isAtEnd else { throw .invalidField("SASLInitialResponse") }
    }
}
