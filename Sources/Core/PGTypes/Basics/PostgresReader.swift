/// Reads the binary form of one value sequentially, never past its end.
public struct PostgresReader: ~Escapable {
    // The bytes not read yet.
    @usableFromInline var rest: RawSpan
    @usableFromInline let type: PostgresType
    @usableFromInline let target: any Any.Type

    /// Creates a reader at the beginning of the value; its errors name the value's type and `target`.
    @inlinable
    @_lifetime(copy value)
    public init<Target>(_ value: PostgresValue, for target: Target.Type) {
        rest = value.bytes
        type = value.type
        self.target = target
    }

    /// The number of bytes not read yet.
    @inlinable public var remaining: Int { rest.byteCount }

    /// Reads the next `count` bytes.
    @inlinable
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func bytes(_ count: Int) throws(PostgresDecodingError) -> RawSpan {
        guard count >= 0, count <= rest.byteCount else { throw malformed }
        let bytes = rest.extracting(first: count)
        rest = rest.extracting(droppingFirst: count)
        return bytes
    }

    /// Reads the next integer, in network byte order.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type = T.self)
        throws(PostgresDecodingError) -> T
    {
        let size = MemoryLayout<T>.size
        guard size <= rest.byteCount else { throw malformed }
        let value = unsafe rest.unsafeLoadUnaligned(as: T.self)
        rest = rest.extracting(droppingFirst: size)
        return T(bigEndian: value)
    }

    /// Reads the next `float8`.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func double() throws(PostgresDecodingError) -> Double {
        Double(bitPattern: try integer(UInt64.self))
    }

    /// Reads the bytes up to the next zero byte, which is consumed but not returned.
    @inlinable
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func zeroTerminated() throws(PostgresDecodingError) -> RawSpan {
        var count = 0
        while count < rest.byteCount, unsafe rest.unsafeLoad(fromByteOffset: count, as: UInt8.self) != 0 { count += 1 }
        guard count < rest.byteCount else { throw malformed }
        let bytes = rest.extracting(first: count)
        rest = rest.extracting(droppingFirst: count + 1)
        return bytes
    }

    /// Reads a length word and that many bytes; `nil` for −1, which means NULL.
    @inlinable
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func lengthPrefixed() throws(PostgresDecodingError) -> RawSpan? {
        let length = try integer(Int32.self)
        if length == -1 { return nil }
        return try bytes(Int(length))
    }

    /// Throws unless all bytes have been read.
    @inlinable
    public func finish() throws(PostgresDecodingError) {
        guard rest.byteCount == 0 else { throw malformed }
    }

    /// The error for bytes that are not a valid value of their type.
    public var malformed: PostgresDecodingError { error(.malformed) }

    /// Creates an error that names the value's type and the requested Swift type.
    public func error(_ code: PostgresDecodingError.Code) -> PostgresDecodingError {
        func make<Target>(_ target: Target.Type) -> PostgresDecodingError {
            PostgresDecodingError(code, type: type, format: .binary, target: target)
        }
        return _openExistential(target, do: make)
    }
}
