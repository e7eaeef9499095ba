/// A file of named sets of connection options, selected with `service=name` or `PGSERVICE`.
///
///     # a comment
///     [name]
///     host=db.example.com
///     port=6432
///
/// Blanks at both ends of a line are ignored; blanks around “=” belong to the keyword or the value. Only the first
/// section with a name is used, and in it the first line of a keyword. Lines outside that section are not validated.
///
/// Source: PostgreSQL 18, libpq-pgservice.html, and libpq 18 itself.
public struct ServiceFile: Hashable, Sendable {
    /// The file's path.
    public let path: String
    private let bytes: [UInt8]

    /// Creates a service file from its contents.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// The options of a service, in the order of the file; `nil` if the file does not define it.
    ///
    /// - Throws: ``ServiceFileError``, as libpq 18 does; also for an overlong line before this service.
    /// - Complexity: O(*n*)
    public func options(of service: String) throws(ServiceFileError) -> [ConnectionString.Option]? {
        let header = Array("[\(service)]".utf8)
        var options: [ConnectionString.Option]?
        var lines = Lines(bytes)
        while let line = lines.next() {
            let place = Place(path: path, line: lines.count)
            guard line.count < Lines.tooLong else { throw .lineTooLong(place) }
            let text = Self.trimmed(line)
            guard let first = text.first, first != UInt8(ascii: "#") else { continue }
            if first == UInt8(ascii: "[") {
                if options != nil { break }
                if text.starts(with: header) { options = [] }
            } else if let known = options {
                let option = try Self.option(text, place)
                let isNew = !known.contains { $0.keyword == option.keyword }
                if isNew { options?.append(option) }
            }
        }
        return options
    }

    private static func option(_ line: ArraySlice<UInt8>, _ place: Place) throws(ServiceFileError)
        -> ConnectionString.Option
    {
        if line.starts(with: "ldap".utf8) { throw .ldap(place) }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { throw .missingEquals(place) }
        let name = Array(line[..<equals])
        guard let keyword = ConnectionString.Keyword(bytes: name) else {
            throw .unknownKeyword(Redaction.word(name), place)
        }
        if keyword == .service { throw .nestedService(place) }
        guard let value = String(validating: line[(equals + 1)...], as: UTF8.self) else { throw .invalidUTF8(place) }
        return ConnectionString.Option(keyword, value)
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        let end = line.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? line.startIndex
        return line[..<end].drop(while: isBlank)
    }

    /// A line of a service file.
    public struct Place: Hashable, Sendable {
        /// The file's path.
        public let path: String
        /// The line number, counted from 1.
        public let line: Int
    }

    /// The lines as C reads them: with their line ends, in pieces no longer than its buffer, each ending at a zero
    /// byte.
    private struct Lines {
        static let tooLong = 1023
        private var rest: ArraySlice<UInt8>
        private(set) var count = 0

        init(_ bytes: [UInt8]) {
            rest = bytes[...]
        }

        mutating func next() -> ArraySlice<UInt8>? {
            guard !rest.isEmpty else { return nil }
            let piece = rest.prefix(Self.tooLong)
            let line = piece.firstIndex(of: UInt8(ascii: "\n")).map { piece[...$0] } ?? piece
            rest = rest[line.endIndex...]
            count += 1
            return line.prefix { $0 != 0 }
        }
    }
}

extension ServiceFile: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The path only: the file may contain passwords.
    public var description: String { "service file \"\(path)\"" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows the description only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
