extension ServerError {
    /// Parses the body of an ErrorResponse or NoticeResponse.
    ///
    ///     (Byte1 field code, String value)… | 0
    ///
    /// Fields may be missing, unknown, and in any order.
    ///
    /// Source: PostgreSQL, protocol-error-fields.html
    package init(body: RawSpan, type: UInt8) throws(SessionError) {
        self.init()
        var fields = MessageFields(body)
        var untranslated: String?
        while let code = fields.byte(), code != 0 {
            guard let value = fields.text() else { throw .malformed(type) }
            switch code {
            case UInt8(ascii: "S"): severity = value
            case UInt8(ascii: "V"): untranslated = value
            case UInt8(ascii: "C"): sqlState = value
            case UInt8(ascii: "M"): message = value
            case UInt8(ascii: "D"): detail = value
            case UInt8(ascii: "H"): hint = value
            case UInt8(ascii: "P"): position = Int(value)
            case UInt8(ascii: "p"): internalPosition = Int(value)
            case UInt8(ascii: "q"): internalQuery = value
            case UInt8(ascii: "W"): context = value
            case UInt8(ascii: "s"): schema = value
            case UInt8(ascii: "t"): table = value
            case UInt8(ascii: "c"): column = value
            case UInt8(ascii: "d"): dataType = value
            case UInt8(ascii: "n"): constraint = value
            case UInt8(ascii: "F"): file = value
            case UInt8(ascii: "L"): line = Int(value)
            case UInt8(ascii: "R"): routine = value
            default: break
            }
        }
        if let untranslated { severity = untranslated }
    }

    /// Whether the error ends the session.
    package var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }

    /// Whether the error means that a prepared statement is no longer valid: its result would have other columns, or it
    /// does not exist.
    ///
    /// The server has no specific code for the former; the function's name is the same in every language.
    /// Source: PostgreSQL, src/backend/utils/cache/plancache.c, RevalidateCachedQuery
    package var invalidatesStatement: Bool {
        sqlState == "26000"
            || sqlState == "0A000"
                && (routine == "RevalidateCachedQuery" || message == "cached plan must not change result type")
    }
}
