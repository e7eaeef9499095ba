/// Bytes that are never printed: a password, a passphrase, a key.
///
/// Not text: a password file may hold a password of any bytes, and PostgreSQL takes them as they are.
public struct Secret: Hashable, Sendable {
    /// What must not be shown.
    public let bytes: [UInt8]

    /// Keeps bytes from being printed.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Keeps a text's UTF-8 from being printed.
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
