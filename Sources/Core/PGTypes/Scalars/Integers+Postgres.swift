// Swift's integer types. Each reads any PostgreSQL integer, and a `numeric` without a fraction, if the value fits; and
// each is sent as any integer type, `numeric` or a floating-point type, if nothing is lost.

extension PostgresDecodable where Self: FixedWidthInteger {
    /// Reads `int2`, `int4`, `int8`, `oid`, `xid`, `cid`, `xid8`, `"char"`, the `reg` types, `numeric`.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        if value.format == .binary {
            switch (value.type.oid, value.bytes.byteCount) {
            case (23, 4):
                let word = Int32(bigEndian: unsafe value.bytes.unsafeLoadUnaligned(as: Int32.self))
                guard let exact = Self(exactly: word) else { throw value.error(.outOfRange, Self.self) }
                self = exact
                return
            case (20, 8):
                let word = Int64(bigEndian: unsafe value.bytes.unsafeLoadUnaligned(as: Int64.self))
                guard let exact = Self(exactly: word) else { throw value.error(.outOfRange, Self.self) }
                self = exact
                return
            default: break
            }
        }
        let whole: WholeNumber
        do throws(PostgresDecodingError) {
            whole = try WholeNumber(decoding: value)
        } catch {
            throw value.error(error.code, Self.self)
        }
        guard let exact = whole.exactly(Self.self) else { throw value.error(.outOfRange, Self.self) }
        self = exact
    }
}

extension PostgresEncodable where Self: FixedWidthInteger {
    /// Appends the number as `type`, if it fits.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .text {
            if type.oid == 18 { return try WholeNumber(self).writeQuotedChar(to: &writer, Self.self) }
            return writer.write(description)
        }
        let isWritten: Bool? =
            switch type.oid {
            case 23: writer.write(exactly: self, as: Int32.self)
            case 20: writer.write(exactly: self, as: Int64.self)
            default: writer.write(WholeNumber(self), asOther: type.underlying)
            }
        guard let isWritten else { throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self) }
        guard isWritten else { throw PostgresEncodingError(.outOfRange, type: type, source: Self.self) }
    }
}

extension PostgresWriter {
    @inlinable
    mutating func write<T: FixedWidthInteger & BitwiseCopyable>(exactly value: some FixedWidthInteger, as _: T.Type)
        -> Bool
    {
        guard let exact = T(exactly: value) else { return false }
        write(exact)
        return true
    }

    /// Writes the less common types. `nil`: integers are never sent as `type`; `false`: this value does not fit.
    @usableFromInline
    mutating func write(_ value: WholeNumber, asOther type: PostgresType) -> Bool? {
        switch type {
        case .int2: return write(exact: value.exactly(Int16.self))
        case .int4: return write(exact: value.exactly(Int32.self))
        case .int8: return write(exact: value.exactly(Int64.self))
        case .oid, .xid, .cid, .regproc, .regprocedure, .regoper, .regoperator, .regclass, .regtype, .regconfig,
            .regdictionary, .regnamespace, .regrole, .regcollation:
            return write(exact: value.exactly(UInt32.self))
        case .xid8: return write(exact: value.exactly(UInt64.self))
        case .quotedChar: return write(exact: value.byte)
        case .numeric:
            PostgresNumeric(value).write(binary: &self)
            return true
        case .float8:
            guard let exact = value.double else { return false }
            write(exact)
            return true
        case .float4:
            guard let exact = value.double.flatMap(Float.init(exactly:)) else { return false }
            write(exact.bitPattern)
            return true
        default: return nil
        }
    }

    private mutating func write<T: FixedWidthInteger & BitwiseCopyable>(exact value: T?) -> Bool {
        guard let value else { return false }
        write(value)
        return true
    }
}

extension Int: PostgresCodable {
    /// `int8`.
    @inlinable public static var postgresType: PostgresType { .int8 }
}

extension Int64: PostgresCodable {
    /// `int8`.
    @inlinable public static var postgresType: PostgresType { .int8 }
}

extension Int32: PostgresCodable {
    /// `int4`.
    @inlinable public static var postgresType: PostgresType { .int4 }
}

extension Int16: PostgresCodable {
    /// `int2`.
    @inlinable public static var postgresType: PostgresType { .int2 }
}

extension Int8: PostgresCodable {
    /// `int2`.
    @inlinable public static var postgresType: PostgresType { .int2 }
}

extension UInt: PostgresCodable {
    /// `numeric`: the smallest type that holds every value.
    @inlinable public static var postgresType: PostgresType { .numeric }
}

extension UInt64: PostgresCodable {
    /// `numeric`: the smallest type that holds every value. Can also be sent as `xid8`.
    @inlinable public static var postgresType: PostgresType { .numeric }
}

extension UInt32: PostgresCodable {
    /// `int8`: the smallest type that holds every value. Can also be sent as `oid`, `xid`, `cid`.
    @inlinable public static var postgresType: PostgresType { .int8 }
}

extension UInt16: PostgresCodable {
    /// `int4`: the smallest type that holds every value.
    @inlinable public static var postgresType: PostgresType { .int4 }
}

extension UInt8: PostgresCodable {
    /// `int2`: the smallest type that holds every value. `[UInt8]` is `bytea`.
    @inlinable public static var postgresType: PostgresType { .int2 }
}
