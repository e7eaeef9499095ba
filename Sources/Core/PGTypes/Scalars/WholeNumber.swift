/// Any integer that has a binary form in PostgreSQL, between −2⁶³ and 2⁶⁴−1.
@usableFromInline
struct WholeNumber {
    let isNegative: Bool
    let magnitude: UInt64

    init(isNegative: Bool, magnitude: UInt64) {
        self.isNegative = isNegative && magnitude != 0
        self.magnitude = magnitude
    }

    @usableFromInline
    init<T: FixedWidthInteger>(_ value: T) {
        isNegative = value < 0
        magnitude = UInt64(clamping: value.magnitude)
    }

    @usableFromInline
    func exactly<T: FixedWidthInteger>(_: T.Type) -> T? {
        if !isNegative { return T(exactly: magnitude) }
        guard magnitude <= UInt64(1) << 63 else { return nil }
        return T(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    /// Appends the text form of `"char"`.
    @usableFromInline
    func writeQuotedChar<Source>(to writer: inout PostgresWriter, _: Source.Type) throws(PostgresEncodingError) {
        guard let byte = byte else { throw PostgresEncodingError(.outOfRange, type: .quotedChar, source: Source.self) }
        writer.write(QuotedChar(value: byte).text)
    }

    /// The number as one byte, signed or unsigned.
    var byte: UInt8? { exactly(UInt8.self) ?? exactly(Int8.self).map(UInt8.init(bitPattern:)) }

    var double: Double? { Double(exactly: magnitude).map { isNegative ? -$0 : $0 } }

    @usableFromInline
    init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        guard value.format == .binary else {
            self = try WholeNumber(text: value, type)
            return
        }
        var reader = PostgresReader(value, for: WholeNumber.self)
        switch type {
        case .int2: self.init(try reader.integer(Int16.self))
        case .int4: self.init(try reader.integer(Int32.self))
        case .int8: self.init(try reader.integer(Int64.self))
        case .oid, .xid, .cid, .regproc, .regprocedure, .regoper, .regoperator, .regclass, .regtype, .regconfig,
            .regdictionary, .regnamespace, .regrole, .regcollation:
            self.init(try reader.integer(UInt32.self))
        case .xid8: self.init(try reader.integer(UInt64.self))
        case .quotedChar: self.init(try reader.integer(UInt8.self))
        case .numeric:
            let numeric = try PostgresNumeric(binary: &reader)
            guard numeric.isFinite else { throw value.error(.notFinite, WholeNumber.self) }
            guard let whole = numeric.whole else { throw value.error(.outOfRange, WholeNumber.self) }
            self = whole
        default: throw value.error(.typeMismatch, WholeNumber.self)
        }
        try reader.finish()
    }

    private init(text value: PostgresValue, _ type: PostgresType) throws(PostgresDecodingError) {
        switch type {
        case .quotedChar:
            guard let byte = QuotedChar(text: value.bytes) else { throw value.error(.malformed, WholeNumber.self) }
            self.init(byte.value)
        case .int2, .int4, .int8, .oid, .xid, .cid, .xid8, .numeric, .regproc, .regprocedure, .regoper, .regoperator,
            .regclass, .regtype, .regconfig, .regdictionary, .regnamespace, .regrole, .regcollation:
            fallthrough
        case _ where type.isUnknown:
            guard let numeric = PostgresNumeric(try value.text(for: WholeNumber.self)) else {
                throw value.error(.malformed, WholeNumber.self)
            }
            guard numeric.isFinite else { throw value.error(.notFinite, WholeNumber.self) }
            guard let whole = numeric.whole else { throw value.error(.outOfRange, WholeNumber.self) }
            self = whole
        default: throw value.error(.typeMismatch, WholeNumber.self)
        }
    }
}

/// The byte of `"char"`. The text form is the byte itself, empty for zero, or an octal escape.
struct QuotedChar {
    let value: UInt8

    init(value: UInt8) { self.value = value }

    init?(text: RawSpan) {
        var cursor = TextCursor(text)
        guard let first = cursor.next() else {
            value = 0
            return
        }
        if first == UInt8(ascii: "\\"), !cursor.isAtEnd {
            guard let (octal, count) = cursor.digits(atMost: 3), count == 3, cursor.isAtEnd else { return nil }
            let (high, middle, low) = (octal / 100, octal / 10 % 10, octal % 10)
            guard high < 4, middle < 8, low < 8 else { return nil }
            value = UInt8(truncatingIfNeeded: high << 6 | middle << 3 | low)
            return
        }
        guard cursor.isAtEnd else { return nil }
        value = first
    }

    var text: String {
        if value == 0 { return "" }
        if value < 0x80 { return String(UnicodeScalar(value)) }
        return "\\" + String(value, radix: 8)
    }
}
