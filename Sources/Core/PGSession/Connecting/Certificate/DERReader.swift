/// Reads ASN.1 in distinguished encoding rules, one element after another, and never past the end.
///
/// Source: ITU-T X.690, sections 8 and 10
struct DERReader {
    /// One element: its tag byte and its content.
    struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>

        /// A reader of the nested elements.
        var children: DERReader { DERReader(content) }
    }

    static let boolean: UInt8 = 0x01
    static let octets: UInt8 = 0x04
    static let identifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The tag of the next element; `nil` at the end.
    var nextTag: UInt8? { rest.first }

    /// Returns the next element; `nil` at the end, and if the bytes are not a valid element.
    mutating func next() -> Element? {
        guard let tag = rest.first, tag & 0x1F != 0x1F, let first = rest.dropFirst().first else { return nil }
        var body = rest.dropFirst(2)
        var length = Int(first)
        if first & 0x80 != 0 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), body.count >= count else { return nil }
            length = body.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            body = body.dropFirst(count)
        }
        guard body.count >= length else { return nil }
        rest = body.dropFirst(length)
        return Element(tag: tag, content: body.prefix(length))
    }

    /// Returns the next element, if it has this tag.
    mutating func next(_ tag: UInt8) -> Element? {
        nextTag == tag ? next() : nil
    }
}
