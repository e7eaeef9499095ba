extension Double: PostgresCodable {
    /// `float8`.
    @inlinable public static var postgresType: PostgresType { .float8 }

    /// Reads `float8`, `float4`; integers that a `Double` represents exactly; and the nearest value to a `numeric`.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        if value.format == .binary, value.type.oid == 701, value.bytes.byteCount == 8 {
            self.init(bitPattern: UInt64(bigEndian: unsafe value.bytes.unsafeLoadUnaligned(as: UInt64.self)))
        } else {
            self = try Double(decodingOther: value)
        }
    }

    @usableFromInline
    init(decodingOther value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        switch type {
        case .float8 where value.format == .binary:
            var reader = PostgresReader(value, for: Double.self)
            self = try reader.double()
            try reader.finish()
        case .float4 where value.format == .binary:
            var reader = PostgresReader(value, for: Double.self)
            self = Double(Float(bitPattern: try reader.integer()))
            try reader.finish()
        case .int2, .int4, .int8:
            let whole = try Int64(decoding: value)
            guard let exact = Double(exactly: whole) else { throw value.error(.outOfRange, Double.self) }
            self = exact
        case .numeric: self = Double(try PostgresNumeric(decoding: value))
        case _ where value.format == .text && (type == .float8 || type == .float4 || type.isUnknown):
            guard let number = Double(postgres: try value.text(for: Double.self)) else {
                throw value.error(.malformed, Double.self)
            }
            self = number
        default: throw value.error(.typeMismatch, Double.self)
        }
    }

    /// Appends the number as `float8`, as `float4` if nothing is lost, or as `numeric`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .text { return writer.write(postgresText) }
        // The usual type first: `float8`.
        if type.oid == 701 { return writer.write(self) }
        switch type.underlying {
        case .float8: writer.write(self)
        case .float4:
            let short = Float(self)
            guard isNaN || Double(short) == self else {
                throw PostgresEncodingError(.outOfRange, type: type, source: Self.self)
            }
            writer.write(short.bitPattern)
        case .numeric:
            guard let numeric = PostgresNumeric(postgresText) else {
                throw PostgresEncodingError(.outOfRange, type: type, source: Self.self)
            }
            numeric.write(binary: &writer)
        default: throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
    }

    /// Parses PostgreSQL's text form; `nil` for any other text.
    init?(postgres text: String) {
        switch text {
        case "NaN": self = .nan
        case "Infinity": self = .infinity
        case "-Infinity": self = -.infinity
        default:
            guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let value = Double(text) else {
                return nil
            }
            self = value
        }
    }

    /// The shortest text that reads back as the same number.
    var postgresText: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Float: PostgresCodable {
    /// `float4`.
    @inlinable public static var postgresType: PostgresType { .float4 }

    /// Reads `float4`; `float8` and integers that a `Float` represents exactly; and the nearest value to a `numeric`.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        if type == .float4 || type.isUnknown, value.format == .text {
            // Converting by way of `Double` would round twice, which may give another result.
            let text = try value.text(for: Float.self)
            guard let number = Double(postgres: text) else { throw value.error(.malformed, Float.self) }
            self = number.isFinite ? Float(text) ?? Float(number) : Float(number)
            return
        }
        if type == .float4 {
            var reader = PostgresReader(value, for: Float.self)
            self.init(bitPattern: try reader.integer())
            try reader.finish()
            return
        }
        let number: Double
        do throws(PostgresDecodingError) {
            number = try Double(decodingOther: value)
        } catch {
            throw value.error(error.code, Float.self)
        }
        self = Float(number)
        guard type == .numeric || number.isNaN || Double(self) == number else {
            throw value.error(.outOfRange, Float.self)
        }
    }

    /// Appends the number as `float4`, `float8` or `numeric`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .binary, type.underlying == .float4 { return writer.write(bitPattern) }
        if format == .text || type.underlying == .numeric {
            let text = isFinite ? description : Double(self).postgresText
            if format == .text { return writer.write(text) }
            guard let numeric = PostgresNumeric(text) else {
                throw PostgresEncodingError(.outOfRange, type: type, source: Self.self)
            }
            return numeric.write(binary: &writer)
        }
        guard type.underlying == .float8 else {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        writer.write(Double(self))
    }
}
