extension UserlistFile {
    /// Reads `bytes`. Never fails: like PgBouncer it stops at the first broken line, with a warning.
    ///
    /// - Parameter file: the name to use in warnings.
    package init(parsing bytes: [UInt8], file: String) {
        self.init()
        var scanner = Scanner(bytes)
        do throws(Scanner.Fault) {
            while let user = try scanner.nextUser() { add(user) }
        } catch {
            warn(ConfigWarning(file: file, line: scanner.userLine, message: error.message))
        }
    }
}

/// Finds the quoted fields of an `auth_file`.
private struct Scanner {
    /// Why the rest of the file is not read.
    struct Fault: Error {
        var message: String
        static let broken = Fault(message: "broken auth file")
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    /// The line on which the present user begins.
    private(set) var userLine = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func nextUser() throws(Fault) -> UserlistFile.User? {
        while let byte = skipSpace() {
            if byte == UInt8(ascii: ";") {
                skipLine()
                continue
            }
            userLine = line
            guard byte == UInt8(ascii: "\"") else { throw .broken }
            let name = try quoted(limit: UserEntry.nameLimit, fault: "username too long in auth file")
            // PgBouncer looks for the next quote wherever it is, even on a later line.
            while let byte = current, byte != UInt8(ascii: "\"") { step(over: byte) }
            let secret = try quoted(limit: UserlistFile.secretLimit, fault: "password too long in auth file")
            skipLine()
            return UserlistFile.User(name: String(decoding: name, as: UTF8.self), secret: Secret(bytes: secret))
        }
        return nil
    }

    /// Reads from the opening quote up to and including the closing one; `""` counts as two bytes towards the limit.
    private mutating func quoted(limit: Int, fault: String) throws(Fault) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard current == quote else { throw .broken }
        position += 1
        let start = position
        var value: [UInt8] = []
        while let byte = current {
            if byte == quote {
                guard next == quote else {
                    guard position - start <= limit else { throw Fault(message: fault) }
                    position += 1
                    return value
                }
                position += 1
            }
            guard byte != 0 else { break }
            value.append(byte)
            step(over: byte)
        }
        throw .broken
    }

    private mutating func skipSpace() -> UInt8? {
        while let byte = current, byte.isSpace { step(over: byte) }
        return current
    }

    private mutating func skipLine() {
        while let byte = current, byte != UInt8(ascii: "\n") { step(over: byte) }
    }

    private mutating func step(over byte: UInt8) {
        if byte == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }
}
