/// Writes values one after the other into a growing buffer.
public struct PostgresWriter: Sendable {
    /// The bytes written.
    @inlinable public var bytes: [UInt8] { storage }
    @usableFromInline var storage: [UInt8] = []

    /// Creates an empty writer.
    @inlinable
    public init() {}

    /// The number of bytes written.
    @inlinable public var count: Int { storage.count }

    /// Appends an integer, in network byte order.
    @inlinable @inline(__always)
    public mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        // This takes two thirds of the time of appending the bytes as a sequence.
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

    /// Appends the UTF-8 of a string.
    @inlinable
    public mutating func write(_ text: String) { storage.append(contentsOf: text.utf8) }

    /// Appends the bytes that `body` writes, preceded by a word with their length.
    ///
    /// A length above 2³¹−1 is written as 2³¹−1; callers that send values reject one of that size.
    @inlinable @inline(__always)
    public mutating func lengthPrefixed<E: Error>(_ body: (inout PostgresWriter) throws(E) -> Void) throws(E) {
        let start = storage.count
        write(Int32(0))
        try body(&self)
        patch(Int32(clamping: storage.count - start - 4), at: start)
    }

    /// PostgreSQL's limit for one value, in bytes: 1 GiB − 1.
    ///
    /// Source: PostgreSQL, src/include/utils/memutils.h, MaxAllocSize
    @inlinable static var longestValue: Int { 0x3FFF_FFFF }

    /// Appends the length of a value and the value, or the word that means NULL: a parameter, or a field of a row.
    ///
    /// Inlined, because every row is encoded with it: only one call through the value's type remains.
    ///
    /// - Throws: ``PostgresEncodingError``, `tooLarge` above 1 GiB; the caller must discard what was appended.
    @inlinable @inline(__always)
    public mutating func writeField(
        _ value: some PostgresEncodable, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if value.isPostgresNull { return writeNull() }
        let start = storage.count
        try lengthPrefixed { (writer) throws(PostgresEncodingError) in
            try value.encode(into: &writer, as: type, in: format)
        }
        guard storage.count - start - 4 <= Self.longestValue else {
            throw PostgresEncodingError(.tooLarge, type: type, source: Swift.type(of: value))
        }
    }

    /// Appends the length word that means NULL.
    @inlinable
    public mutating func writeNull() { write(Int32(-1)) }

    /// Removes everything and keeps the memory.
    @inlinable
    public mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

    /// Overwrites a word that has been written. Traps if `offset` is out of range, which is a bug of the caller.
    @inlinable
    package mutating func patch(_ value: Int32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= storage.count)
        unsafe storage.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self)
        }
    }

    @usableFromInline
    mutating func truncate(to count: Int) { storage.removeLast(storage.count - count) }
}
