/// A text search query: PostgreSQL's `tsquery`.
///
///     Int32 count | count × item, each operator before its right, then its left operand
///     word: UInt8 1 | UInt8 weights | UInt8 is prefix | zero-terminated text
///     operator: UInt8 2 | UInt8 1 not, 2 and, 3 or, 4 followed by | for the last: UInt16 distance
///
/// Source: PostgreSQL, src/backend/utils/adt/tsquery.c, tsquerysend; datatype-textsearch.html
public struct PostgresTSQuery: Hashable, Sendable {
    /// The root of the query's tree; `nil` matches nothing.
    public var root: Node?

    /// Creates a query.
    public init(_ root: Node?) { self.root = root }

    /// A node of the query's tree.
    public indirect enum Node: Hashable, Sendable {
        /// A word, or a prefix of words. `weights` has one bit for each, from D, the lowest, to A; 0 means all.
        case word(String, weights: UInt8 = 0, isPrefix: Bool = false)
        /// Matches where the operand does not.
        case not(Node)
        /// Matches where both operands do.
        case and(Node, Node)
        /// Matches where one or both operands do.
        case or(Node, Node)
        /// Matches where the second operand is `distance` words after the first.
        case followed(Node, Node, distance: UInt16 = 1)
    }

    // The limit for nested nodes, so that no query exhausts the stack.
    static let maximumDepth = 256
}

extension PostgresTSQuery: PostgresScalar {
    /// `tsquery`.
    @inlinable public static var postgresType: PostgresType { .tsquery }

    /// Reads the binary form. Queries nested more than 256 deep are rejected.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let count = Int(try reader.integer(Int32.self))
        guard count >= 0, count <= reader.remaining / 2 else { throw reader.malformed }
        var left = count
        root = left == 0 ? nil : try Self.node(&reader, &left, depth: 0)
        guard left == 0 else { throw reader.malformed }
    }

    private static func node(
        _ reader: inout PostgresReader, _ left: inout Int, depth: Int
    ) throws(PostgresDecodingError) -> Node {
        guard left > 0, depth < maximumDepth else { throw reader.malformed }
        left -= 1
        if try reader.integer(UInt8.self) == 1 {
            let weights: UInt8 = try reader.integer(), isPrefix: UInt8 = try reader.integer()
            guard weights < 16, isPrefix < 2 else { throw reader.malformed }
            guard let text = String(utf8: try reader.zeroTerminated()) else { throw reader.error(.invalidText) }
            return .word(text, weights: weights, isPrefix: isPrefix == 1)
        }
        let sort: UInt8 = try reader.integer()
        guard (1...4).contains(sort) else { throw reader.malformed }
        let distance: UInt16 = sort == 4 ? try reader.integer() : 0
        let second = try node(&reader, &left, depth: depth + 1)
        if sort == 1 { return .not(second) }
        let first = try node(&reader, &left, depth: depth + 1)
        return sort == 2
            ? .and(first, second) : sort == 3 ? .or(first, second) : .followed(first, second, distance: distance)
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(Int32(clamping: root?.count ?? 0))
        root?.write(to: &writer)
    }

    /// Reads `'a' & !'b'`, as PostgreSQL writes it.
    public init?(_ description: String) {
        if description.isEmpty {
            root = nil
            return
        }
        guard let node = description.scanned({ Node(scanning: &$0, strength: 1, depth: 0) }) else { return nil }
        root = node
    }

    /// As PostgreSQL writes it: `'a' & !'b'`.
    public var description: String { root?.text(inside: 0, isRight: false) ?? "" }
}

extension PostgresTSQuery.Node {
    fileprivate var count: Int {
        switch self {
        case .word: 1
        case .not(let node): 1 + node.count
        case .and(let first, let second), .or(let first, let second), .followed(let first, let second, _):
            1 + first.count + second.count
        }
    }

    fileprivate func write(to writer: inout PostgresWriter) {
        switch self {
        case .word(let text, let weights, let isPrefix):
            writer.write(contentsOf: [1, weights & 15, isPrefix ? 1 : 0] as [UInt8])
            writer.write(contentsOf: text.utf8.filter { $0 != 0 })
            writer.write(UInt8(0))
        case .not(let node):
            writer.write(contentsOf: [2, 1] as [UInt8])
            node.write(to: &writer)
        case .and(let first, let second), .or(let first, let second), .followed(let first, let second, _):
            writer.write(contentsOf: [2, isAnd ? 2 : strength == 1 ? 3 : 4] as [UInt8])
            if case .followed(_, _, let distance) = self { writer.write(distance) }
            second.write(to: &writer)
            first.write(to: &writer)
        }
    }

    private var isAnd: Bool { if case .and = self { true } else { false } }

    /// The operator's precedence: a higher number binds tighter.
    private var strength: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .followed: 3
        case .not: 4
        case .word: 5
        }
    }

    /// The text form, with parentheses where PostgreSQL writes them: around looser operators, and around a `<->` that
    /// is the right operand of another.
    fileprivate func text(inside outer: Int, isRight: Bool) -> String {
        let text: String
        switch self {
        case .word(let word, let weights, let isPrefix):
            let marks =
                (isPrefix ? "*" : "")
                + zip("ABCD", [8, 4, 2, 1]).filter { weights & $0.1 != 0 }.map { String($0.0) }.joined()
            return LexemeText.write(word) + (marks.isEmpty ? "" : ":" + marks)
        case .not(let node): text = "!" + node.text(inside: 4, isRight: false)
        case .and(let first, let second):
            text = first.text(inside: 2, isRight: false) + " & " + second.text(inside: 2, isRight: true)
        case .or(let first, let second):
            text = first.text(inside: 1, isRight: false) + " | " + second.text(inside: 1, isRight: true)
        case .followed(let first, let second, let distance):
            let sign = distance == 1 ? "<->" : "<\(distance)>"
            text = "\(first.text(inside: 3, isRight: false)) \(sign) \(second.text(inside: 3, isRight: true))"
        }
        return strength < outer || strength == 3 && outer == 3 && isRight ? "( \(text) )" : text
    }

    /// Reads operators that bind at least as tightly as `strength`, from left to right.
    fileprivate init?(scanning cursor: inout TextCursor, strength: Int, depth: Int) {
        guard depth < PostgresTSQuery.maximumDepth, var node = Self.operand(&cursor, depth: depth) else { return nil }
        var count = 0
        while true {
            var ahead = cursor
            guard let (own, distance) = Self.infix(&ahead), own >= strength else { break }
            cursor = ahead
            count += 1
            guard count < PostgresTSQuery.maximumDepth - depth,
                let second = Self(scanning: &cursor, strength: own + 1, depth: depth + 1)
            else { return nil }
            node =
                own == 1
                ? .or(node, second) : own == 2 ? .and(node, second) : .followed(node, second, distance: distance)
        }
        self = node
    }

    private static func infix(_ cursor: inout TextCursor) -> (strength: Int, distance: UInt16)? {
        if cursor.skip(" | ") { return (1, 0) }
        if cursor.skip(" & ") { return (2, 0) }
        if cursor.skip(" <-> ") { return (3, 1) }
        guard cursor.skip(" <"), let distance = cursor.digits(atMost: 5), cursor.skip("> ") else { return nil }
        return UInt16(exactly: distance.value).map { (3, $0) }
    }

    private static func operand(_ cursor: inout TextCursor, depth: Int) -> Self? {
        guard depth < PostgresTSQuery.maximumDepth else { return nil }
        if cursor.skip("!") { return operand(&cursor, depth: depth + 1).map { .not($0) } }
        if cursor.skip("( ") {
            guard let node = Self(scanning: &cursor, strength: 1, depth: depth + 1), cursor.skip(" )") else {
                return nil
            }
            return node
        }
        guard let word = LexemeText.read(&cursor) else { return nil }
        var weights: UInt8 = 0, isPrefix = false
        if cursor.skip(":") {
            isPrefix = cursor.skip("*")
            for (letter, bit) in [
                (UInt8(ascii: "A"), 8), (UInt8(ascii: "B"), 4), (UInt8(ascii: "C"), 2), (UInt8(ascii: "D"), 1),
            ]
                as [(UInt8, UInt8)] where cursor.skip(letter)
            {
                weights |= bit
            }
        }
        return .word(word, weights: weights, isPrefix: isPrefix)
    }
}
