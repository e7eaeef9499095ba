/// What one transaction of the load does: statements sent one after the other, each when its forerunner is answered.
package struct Script: Hashable, Sendable {
    /// The random numbers of a transaction, drawn anew when it begins.
    package var draws: [ClosedRange<Int64>]
    package var statements: [Statement]

    /// One SQL statement with places for random numbers.
    package struct Statement: Hashable, Sendable {
        package enum Piece: Hashable, Sendable {
            case text([UInt8])
            /// The number of that index in ``Script/draws``.
            case draw(Int)
        }

        package var pieces: [Piece]

        package init(pieces: [Piece]) { self.pieces = pieces }

        /// The numbers it uses, in the order in which they stand in it.
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
    /// The statement with the numbers written into it, for the simple protocol.
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

    /// The statement with `$1`, `$2`… in place of the numbers: each place gets a parameter of its own, so that the
    /// server can infer a type for each.
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

    /// Behind a minus sign, a negative number would begin a comment.
    static func write(_ value: Int64, into bytes: inout [UInt8]) {
        if value < 0, bytes.last == UInt8(ascii: "-") { bytes.append(UInt8(ascii: " ")) }
        bytes += String(value).utf8
    }
}
