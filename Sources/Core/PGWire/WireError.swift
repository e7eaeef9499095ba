/// The error thrown when bytes from a peer are invalid.
package enum WireError: Error, Hashable, Sendable {
    /// A field extends past the end of its message.
    case truncated
    /// A C string has no terminating zero byte.
    case unterminatedString
    /// A name is not valid UTF-8.
    case invalidUTF8
    /// A message's length word is below 4 or above the limit. The body has not been buffered.
    case lengthOutOfRange(declared: Int)
    /// The first packet is neither a start-up message nor one of the three special requests.
    case invalidStartupPacket
    /// A start-up message whose names and values do not end where the packet ends.
    case invalidStartupLayout
    /// The client requests a protocol version older than PostgreSQL 7.4's, or newer than any known.
    case unsupportedProtocolVersion(major: Int, minor: Int)
    /// A message contains a value that the protocol does not define.
    case invalidField(String)
}
