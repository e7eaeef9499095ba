/// Writes values one after the other into one growing buffer.
public struct PostgresWriter: Sendable {
    /// What has been written.
    @inlinable public var bytes: [UInt8] { storage }
    @usableFromInline var storage: [UInt8] = []

    /// An empty writer.
    @inlinable
    public init() {}

    /// How many bytes have been written.
    @inlinable public var count: Int { storage.count }

    /// Appends an integer, in network order.
    @inlinable @inline(__always)
    public mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        // Two thirds of what appending the bytes as a sequence takes.
        storage.append(addingCapacity: MemoryLayout<T>.size) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                unsafe free.storeBytes(of: value.bigEndian, as: T.self)
                count += MemoryLayout<T>.size
            }
        }
    }

    /// Appends a `float8`.
    @inlinable
    public mutating func write(_ value: Double) { write(value.bitPattern) }

    /// Appends bytes as they are.
    @inlinable
    public mutating func write(contentsOf bytes: some Sequence<UInt8>) { storage.append(contentsOf: bytes) }

    /// Appends a text's UTF-8.
    @inlinable
    public mutating func write(_ text: String) { storage.append(contentsOf: text.utf8) }

    /// Appends what `body` writes, behind a word with its length.
    ///
    /// A length above 2³¹−1 is written as 2³¹−1; whoever sends values refuses one of that size.
    @inlinable @inline(__always)
    public mutating func lengthPrefixed<E: Error>(_ body: (inout PostgresWriter) throws(E) -> Void) throws(E) {
        let start = storage.count
        write(Int32(0))
        try body(&self)
        patch(Int32(clamping: storage.count - start - 4), at: start)
    }

    /// Appends the length word that stands for NULL.
    @inlinable
    public mutating func writeNull() { write(Int32(-1)) }

    /// Forgets everything and keeps the memory.
    @inlinable
    public mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

    /// Overwrites a word. There must be one: whoever traps here has counted wrongly himself.
    @inlinable
    mutating func patch(_ value: Int32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= storage.count)
        unsafe storage.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self)
        }
    }

    @usableFromInline
    mutating func truncate(to count: Int) { storage.removeLast(storage.count - count) }
}
