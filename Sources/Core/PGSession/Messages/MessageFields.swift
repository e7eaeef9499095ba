/// Reads the fields of one message in order, and never past its end.
///
/// Like PGWire's reader, but without copying, because a client reads every message it receives.
package struct MessageFields: ~Escapable {
    private let body: RawSpan
    private var position = 0

    @_lifetime(copy body)
    package init(_ body: RawSpan) { self.body = body }

    package var remaining: Int { body.byteCount - position }

    @_lifetime(self: copy self)
    package mutating func byte() -> UInt8? {
        guard remaining >= 1 else { return nil }
        defer { position += 1 }
        return unsafe body.unsafeLoad(fromByteOffset: position, as: UInt8.self)
    }

    @_lifetime(self: copy self)
    package mutating func int16() -> Int16? {
        guard remaining >= 2 else { return nil }
        defer { position += 2 }
        return unsafe Int16(bigEndian: body.unsafeLoadUnaligned(fromByteOffset: position, as: Int16.self))
    }

    @_lifetime(self: copy self)
    package mutating func int32() -> Int32? {
        guard remaining >= 4 else { return nil }
        defer { position += 4 }
        return unsafe Int32(bigEndian: body.unsafeLoadUnaligned(fromByteOffset: position, as: Int32.self))
    }

    @_lifetime(self: copy self)
    package mutating func oid() -> UInt32? { int32().map { UInt32(bitPattern: $0) } }

    /// Reads the text up to the next zero byte. Bytes that are not UTF-8 are replaced: names are for display and
    /// look-up, and a server may use any encoding before it has processed the client's.
    @_lifetime(self: copy self)
    package mutating func text() -> String? {
        let start = position
        while position < body.byteCount {
            defer { position += 1 }
            if unsafe body.unsafeLoad(fromByteOffset: position, as: UInt8.self) == 0 {
                return unsafe body.extracting(start..<position).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
            }
        }
        position = start
        return nil
    }

    /// Reads the remaining bytes.
    @_lifetime(self: copy self)
    package mutating func rest() -> [UInt8] {
        defer { position = body.byteCount }
        return unsafe body.extracting(position..<body.byteCount).withUnsafeBytes { unsafe Array($0) }
    }
}
