package import PGAuth

/// A password to be hashed, which takes half a millisecond or as long as its number of iterations says: never on a
/// thread that serves connections.
package struct KeyOrder: Sendable {
    package enum Purpose: Hashable, Sendable {
        /// The verifier of a user with a plain secret. It is worth keeping.
        case verifier
        /// A password that a client has sent in clear, to be compared with a SCRAM secret.
        case comparison
        /// Nothing. A log-in is refused only after one hashing, whatever the cause, so that the time does not tell
        /// which users exist.
        case delay
    }

    package let password: [UInt8]
    package let parameters: ScramParameters
    package let purpose: Purpose

    package init(password: [UInt8], parameters: ScramParameters, purpose: Purpose) {
        self.password = password
        self.parameters = parameters
        self.purpose = purpose
    }
}
