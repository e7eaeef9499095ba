/// Bytes that are never printed: a password, a passphrase, a key.
///
/// Not text: a password file may contain a password of any bytes, and PostgreSQL accepts them unchanged.
public struct Secret: Hashable, Sendable {
    /// The secret bytes.
    public let bytes: [UInt8]

    /// Creates a secret from bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Creates a secret from the UTF-8 of a text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`
    public var description: String { "<redacted>" }

    /// `<redacted>`
    public var debugDescription: String { description }

    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
