/// A password or stored secret, kept so that printing it shows nothing.
///
/// Bytes and not text, because PostgreSQL lets a password be in any encoding.
package struct Secret: Hashable, Sendable {
    /// The secret itself. There is no other access to it, so a search for `.exposedBytes` finds every use.
    package let exposedBytes: [UInt8]

    package init(bytes: [UInt8]) { exposedBytes = bytes }

    package init(_ text: String) { exposedBytes = Array(text.utf8) }

    /// The secret as text; bytes that are not UTF-8 are replaced.
    package var exposedText: String { String(decoding: exposedBytes, as: UTF8.self) }

    /// An empty secret never matches a password.
    package var isEmpty: Bool { exposedBytes.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    /// Hides the bytes from `dump` and from the default description of a containing type, too.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
