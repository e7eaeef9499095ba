/// Why bytes from a peer were refused.
package enum WireError: Error, Hashable, Sendable {
    /// A field reaches past the end of its message.
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
    /// The client speaks a protocol version from before PostgreSQL 7.4, or from the future.
    case unsupportedProtocolVersion(major: Int, minor: Int)
    /// A message holds a value the protocol does not define.
    case invalidField(String)
}
