/// What a log line says, composed as the bytes that are written.
///
/// Written like any interpolated string. A String would be put together from other Strings: with PgBouncer's default of
/// two lines per connection, that was nearly half of what a log-in cost.
package struct LogMessage: ExpressibleByStringInterpolation {
    fileprivate(set) var bytes: [UInt8]

    package init(stringLiteral text: String) { bytes = Array(text.utf8) }

    package init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    package static func + (left: LogMessage, right: LogMessage) -> LogMessage {
        var sum = left
        sum.bytes += right.bytes
        return sum
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 40)
        }
    }
}

extension LogMessage.StringInterpolation {
    package mutating func appendLiteral(_ literal: String) {
        var literal = literal
        literal.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    }

    /// One ASCII character, several times cheaper than as a literal.
    mutating func append(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

    package mutating func appendInterpolation(_ text: String) { appendLiteral(text) }

    package mutating func appendInterpolation(_ message: LogMessage) { bytes.append(contentsOf: message.bytes) }

    package mutating func appendInterpolation(_ value: some Any) { appendLiteral(String(describing: value)) }

    package mutating func appendInterpolation(_ number: some FixedWidthInteger) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(UInt64(number.magnitude), radix: 10)
    }

    package mutating func appendInterpolation(hexadecimal number: UInt64) { append(number, radix: 16) }

    @inline(__always)
    private mutating func append(_ number: UInt64, radix: UInt64) {
        var text = InlineArray<20, UInt8>(repeating: 0)
        var start = text.count
        var rest = number
        repeat {
            start -= 1
            let digit = UInt8(truncatingIfNeeded: rest % radix)
            text[start] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest /= radix
        } while rest > 0
        for index in start..<text.count { bytes.append(text[index]) }
    }
}
