/// Reads the binary form of one value, in order, and never past its end.
public struct PostgresReader: ~Escapable {
    // What has not been read yet.
    @usableFromInline var rest: RawSpan
    @usableFromInline let type: PostgresType
    @usableFromInline let target: any Any.Type

    /// A reader at the value's beginning; its errors name the value's type and `target`.
    @inlinable
    @_lifetime(copy value)
    public init<Target>(_ value: PostgresValue, for target: Target.Type) {
        rest = value.bytes
        type = value.type
        self.target = target
    }

    /// How many bytes have not been read.
    @inlinable public var remaining: Int { rest.byteCount }

    /// The next bytes, `count` of them.
    @inlinable
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func bytes(_ count: Int) throws(PostgresDecodingError) -> RawSpan {
        guard count >= 0, count <= rest.byteCount else { throw malformed }
        let bytes = rest.extracting(first: count)
        rest = rest.extracting(droppingFirst: count)
        return bytes
    }

    /// The next integer, in network order.
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

    /// The next `float8`.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func double() throws(PostgresDecodingError) -> Double {
        Double(bitPattern: try integer(UInt64.self))
    }

    /// The next bytes up to a zero byte, which is read but not returned.
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

    /// A length word and as many bytes; `nil` for −1, which stands for NULL.
    @inlinable
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func lengthPrefixed() throws(PostgresDecodingError) -> RawSpan? {
        let length = try integer(Int32.self)
        if length == -1 { return nil }
        return try bytes(Int(length))
    }

    /// Throws unless everything has been read.
    @inlinable
    public func finish() throws(PostgresDecodingError) {
        guard rest.byteCount == 0 else { throw malformed }
    }

    /// The error for bytes that are no value of their type.
    public var malformed: PostgresDecodingError { error(.malformed) }

    /// An error that names the value's type and what it was to become.
    public func error(_ code: PostgresDecodingError.Code) -> PostgresDecodingError {
        func make<Target>(_ target: Target.Type) -> PostgresDecodingError {
            PostgresDecodingError(code, type: type, format: .binary, target: target)
        }
        return _openExistential(target, do: make)
    }
}
