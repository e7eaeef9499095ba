import PGSession

/// Bytes written as hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// Reads a message from its body.
func read<Message>(
    _ body: [UInt8], _ message: (RawSpan) throws(SessionError) -> Message
) throws(SessionError) -> Message {
    try message(unsafe body.span.bytes)
}
