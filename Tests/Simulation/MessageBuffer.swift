import PGWire

/// One protocol message, cut out of its stream.
struct Message: Equatable {
    let type: MessageType
    let body: [UInt8]

    var bytes: [UInt8] {
        var writer = WireWriter()
        writer.message(type) { $0.raw(body) }
        return writer.bytes
    }
}

/// Puts messages together from a stream that arrives in pieces.
struct MessageBuffer {
    private var bytes: [UInt8] = []
    private var start = 0

    /// Bytes of a message that is not complete.
    var restCount: Int { bytes.count - start }

    /// Their first, the type of the message.
    var restType: MessageType? { start < bytes.count ? MessageType(rawValue: bytes[start]) : nil }

    mutating func append(_ more: [UInt8]) {
        if start == bytes.count {
            bytes = more
            start = 0
        } else {
            bytes += more
        }
    }

    /// The next whole message.
    mutating func next() -> Message? {
        guard bytes.count - start >= 5, let length = length(at: start + 1), length >= 4,
            bytes.count - start >= length + 1
        else { return nil }
        defer { start += length + 1 }
        return Message(
            type: MessageType(rawValue: bytes[start]), body: Array(bytes[start + 5..<start + 1 + length]))
    }

    /// The next whole packet without a type, as connections begin.
    mutating func nextStartupPacket() -> [UInt8]? {
        guard bytes.count - start >= 4, let length = length(at: start), length >= 8, bytes.count - start >= length
        else { return nil }
        defer { start += length }
        return Array(bytes[start..<start + length])
    }

    /// A single byte, as the answer to an SSLRequest.
    mutating func nextByte() -> UInt8? {
        guard start < bytes.count else { return nil }
        defer { start += 1 }
        return bytes[start]
    }

    private func length(at index: Int) -> Int? {
        bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
