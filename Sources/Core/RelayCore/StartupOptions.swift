/// Reads the `options` start-up parameter: `-c name=value`, `-cname=value` and `--name=value`, with backslash escapes.
///
/// Source: PostgreSQL, protocol-flow.html and PgBouncer's rule that no other switch is allowed
package enum StartupOptions {
    package enum Failure: Error, Hashable, Sendable {
        /// Something other than the two forms.
        case unsupportedForm
    }

    /// The settings in order. A name is everything up to the first `=`.
    package static func parse(_ options: [UInt8]) throws(Failure) -> [(name: String, value: [UInt8])] {
        var settings: [(name: String, value: [UInt8])] = []
        var position = 0
        while true {
            skipBlanks(options, &position)
            guard position < options.count else { return settings }
            if options[position...].starts(with: Array("-c".utf8)) {
                position += 2
                skipBlanks(options, &position)
            } else if options[position...].starts(with: Array("--".utf8)) {
                position += 2
            } else {
                throw .unsupportedForm
            }
            let token = readToken(options, &position)
            guard let equals = token.firstIndex(of: UInt8(ascii: "=")),
                let name = String(validating: token[..<equals], as: UTF8.self), !name.isEmpty
            else { throw .unsupportedForm }
            settings.append((name, Array(token[(equals + 1)...])))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func skipBlanks(_ bytes: [UInt8], _ position: inout Int) {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    private static func readToken(_ bytes: [UInt8], _ position: inout Int) -> [UInt8] {
        var token: [UInt8] = []
        while position < bytes.count, !isBlank(bytes[position]) {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 1
                guard position < bytes.count else { break }
            }
            token.append(bytes[position])
            position += 1
        }
        return token
    }
}
