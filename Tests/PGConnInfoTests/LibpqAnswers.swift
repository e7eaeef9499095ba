import Foundation
import Testing

/// The answers of libpq 18 to a large number of questions, from the file named by `WEIR_LIBPQ_ANSWERS`.
///
/// script/test generates the file with script/make-conninfo-vectors.py, which documents its format. It is too large to
/// be kept in the repository, and each line is reproducible: the seed is fixed.
enum LibpqAnswers {
    static let path = ProcessInfo.processInfo.environment["WEIR_LIBPQ_ANSWERS"]

    /// The user that ran the script and runs the tests.
    static let systemUser = NSUserName()

    /// The lines about one kind of question, without their first field.
    static func rows(_ kind: String) throws -> [[[UInt8]?]] {
        let text = try Data(contentsOf: URL(fileURLWithPath: try #require(path)))
        let start = Array(".".utf8) + Array(kind.utf8).flatMap { Array(String($0, radix: 16).utf8) }
        var rows: [[[UInt8]?]] = []
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: start) {
            rows.append(try line.split(separator: UInt8(ascii: " ")).dropFirst().map { try field(Array($0)) })
        }
        return rows
    }

    /// Decodes a dot and hexadecimal digits, or a single “-” for `nil`.
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

    /// Names and values, each terminated by a zero byte.
    static func pairs(_ table: [UInt8]) -> [(name: String, value: [UInt8])] {
        let parts = table.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            (String(decoding: parts[$0], as: UTF8.self), parts[$0 + 1])
        }
    }

    /// Whether a message is libpq's, except for the text replaced by `***` or left out (`?…`).
    static func isSame(_ ours: String, as theirs: String) -> Bool {
        var rest = Array(theirs.utf8)[...]
        // Not by characters: a quotation mark followed by an accent would be a single one.
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

    /// Bytes in Swift's notation, so that a failure can be pasted.
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
