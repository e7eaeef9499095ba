/// The statements of one transaction of the load, each sent when the previous one is answered.
package struct Script: Hashable, Sendable {
    /// The random numbers of a transaction, drawn each time it begins.
    package var draws: [ClosedRange<Int64>]
    package var statements: [Statement]

    /// One SQL statement with placeholders for random numbers.
    package struct Statement: Hashable, Sendable {
        package enum Piece: Hashable, Sendable {
            case text([UInt8])
            /// The number at that index in ``Script/draws``.
            case draw(Int)
        }

        package var pieces: [Piece]

        package init(pieces: [Piece]) { self.pieces = pieces }

        /// The indices of the numbers it uses, in the order of its placeholders.
        package var draws: [Int] {
            pieces.compactMap { piece in
                if case .draw(let index) = piece { index } else { nil }
            }
        }
    }

    package init(draws: [ClosedRange<Int64>] = [], statements: [Statement]) {
        self.draws = draws
        self.statements = statements
    }
}

extension Script.Statement {
    /// Writes the statement with the numbers inserted, for the simple protocol.
    ///
    /// - Parameter values: one for each of ``Script/draws``.
    package func write(into bytes: inout [UInt8], values: [Int64]) {
        for piece in pieces {
            switch piece {
            case .text(let text): bytes += text
            case .draw(let index): Self.write(values[index], into: &bytes)
            }
        }
    }

    /// The statement with `$1`, `$2`… in place of the numbers. Each placeholder becomes a separate parameter, so that
    /// the server can infer a type for each.
    package var parameterized: [UInt8] {
        var bytes: [UInt8] = []
        var count = 0
        for piece in pieces {
            switch piece {
            case .text(let text): bytes += text
            case .draw:
                count += 1
                bytes += "$\(count)".utf8
            }
        }
        return bytes
    }

    /// A negative number is parenthesized: after a minus sign it would begin a comment.
    static func write(_ value: Int64, into bytes: inout [UInt8]) {
        if value < 0, bytes.last == UInt8(ascii: "-") { bytes.append(UInt8(ascii: " ")) }
        bytes += String(value).utf8
    }
}
