import Foundation
import Testing

/// What libpq 18 answered to very many questions, in the file that `WEIR_LIBPQ_ANSWERS` names.
///
/// script/test has script/make-conninfo-vectors.py write it, which says how it is laid out. The file is too large to be
/// kept, and each line is easily made again: the seed is fixed.
enum LibpqAnswers {
    static let path = ProcessInfo.processInfo.environment["WEIR_LIBPQ_ANSWERS"]

    /// The user that ran the script, and runs us.
    static let systemUser = NSUserName()

    /// The lines about one kind of question, without that first field.
    static func rows(_ kind: String) throws -> [[[UInt8]?]] {
        let text = try Data(contentsOf: URL(fileURLWithPath: try #require(path)))
        let start = Array(".".utf8) + Array(kind.utf8).flatMap { Array(String($0, radix: 16).utf8) }
        var rows: [[[UInt8]?]] = []
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: start) {
            rows.append(try line.split(separator: UInt8(ascii: " ")).dropFirst().map { try field(Array($0)) })
        }
        return rows
    }

    /// A dot and hexadecimal digits, or a lone “-” for `nil`.
    private static func field(_ text: [UInt8]) throws -> [UInt8]? {
        if text == [UInt8(ascii: "-")] { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for index in stride(from: 1, to: text.count - 1, by: 2) {
            bytes.append(try digit(text[index]) << 4 | digit(text[index + 1]))
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) throws -> UInt8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: throw BadAnswer()
        }
    }

    private struct BadAnswer: Error {}

    /// Names and values, each ended by a zero byte.
    static func pairs(_ table: [UInt8]) -> [(name: String, value: [UInt8])] {
        let parts = table.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            (String(decoding: parts[$0], as: UTF8.self), parts[$0 + 1])
        }
    }

    /// Whether our message is libpq's, but for what we hide (`***`), or leave out (`?…`).
    static func isSame(_ ours: String, as theirs: String) -> Bool {
        var rest = Array(theirs.utf8)[...]
        // Not by characters: a quotation mark would be one with an accent behind it.
        var pieces = Array(ours.utf8).split(separator: "***", or: "?…")[...]
        guard let first = pieces.popFirst(), rest.starts(with: first) else { return false }
        rest = rest.dropFirst(first.count)
        guard let last = pieces.popLast() else { return rest.isEmpty }
        for piece in pieces {
            guard let found = rest.indices.first(where: { rest[$0...].starts(with: piece) }) else { return false }
            rest = rest[(found + piece.count)...]
        }
        return rest.suffix(last.count).elementsEqual(last)
    }

    /// Bytes as Swift would write them, for a failure that can be pasted.
    static func shown(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self)?.debugDescription ?? "\(bytes)"
    }
}

extension [UInt8] {
    fileprivate func split(separator: String, or other: String) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        var rest = self[...]
        while let byte = rest.first {
            let found = [separator, other].first { rest.starts(with: $0.utf8) }
            if let found {
                pieces.append([])
                rest = rest.dropFirst(found.utf8.count)
            } else {
                pieces[pieces.count - 1].append(byte)
                rest = rest.dropFirst()
            }
        }
        return pieces
    }
}
