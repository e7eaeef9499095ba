/// Writes messages one after the other into a growing buffer.
package struct WireWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// - Parameter capacity: room for so many bytes, for a message whose length is nearly known.
    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Appends one typed message; its length word is filled in when `body` returns.
    package mutating func message(_ type: MessageType, _ body: (inout WireWriter) -> Void) {
        bytes.append(type.rawValue)
        untyped(body)
    }

    /// Appends one message without a type byte: a start-up message or an SSL, GSS or cancel request.
    package mutating func untyped(_ body: (inout WireWriter) -> Void) {
        let start = bytes.count
        int32(0)
        body(&self)
        let length = UInt32(truncatingIfNeeded: bytes.count - start)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
    }

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    package mutating func int16(_ value: Int16) {
        let bits = UInt16(bitPattern: value)
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits))
    }

    package mutating func int32(_ value: Int32) {
        let bits = UInt32(bitPattern: value)
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    package mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    package mutating func raw(_ value: Slice<UnsafeRawBufferPointer>) { unsafe bytes.append(contentsOf: value) }

    package mutating func raw(_ value: String.UTF8View) { bytes.append(contentsOf: value) }

    package mutating func cString(_ value: String) {
        bytes.append(contentsOf: value.utf8)
        bytes.append(0)
    }

    package mutating func cString(bytes value: [UInt8]) {
        bytes.append(contentsOf: value)
        bytes.append(0)
    }

    /// Empties the buffer and keeps its memory.
    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Empties the buffer, and keeps its memory unless it is more than this.
    package mutating func removeAll(keepingAtMost capacity: Int) {
        bytes.removeAll(keepingCapacity: bytes.capacity <= capacity)
    }
}
