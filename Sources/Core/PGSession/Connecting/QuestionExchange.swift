import PGWire

/// Sends a ``SessionRequirement/Question`` and receives its answer: a query that returns one row with one value.
package struct QuestionExchange: Sendable {
    /// The answer, once the server is ready for the next query.
    package var answer: Bool? { isReady ? value : nil }
    /// The bytes received after the answer.
    package var leftover: [UInt8] { isReady ? pending : [] }

    private let question: SessionRequirement.Question
    private var pending: [UInt8]
    private var value: Bool?
    private var isReady = false

    /// The maximum length of an answer's message.
    private static let maximumBytes = 64 * 1024

    /// Creates an exchange.
    ///
    /// - Parameter pending: bytes received before the query was sent.
    package init(_ question: SessionRequirement.Question, leftover pending: [UInt8] = []) {
        self.question = question
        self.pending = pending
    }

    /// The message to send.
    package var query: [UInt8] {
        var writer = WireWriter()
        writer.query(question.rawValue)
        return writer.bytes
    }

    /// Processes received bytes.
    ///
    /// - Throws: ``LogInError``, if there is no valid answer.
    /// - Complexity: O(*n*)
    package mutating func receive(_ bytes: [UInt8]) throws(LogInError) {
        pending += bytes
        while !isReady, pending.count >= 5 {
            let length = pending[1..<5].reduce(0) { $0 << 8 | Int($1) }
            guard (4...Self.maximumBytes).contains(length) else {
                throw .protocolViolation("invalid message length: \(length)")
            }
            guard pending.count > length else { return }
            let type = MessageType(rawValue: pending[0])
            let body = Array(pending[5..<(length + 1)])
            pending.removeFirst(1 + length)
            do throws(WireError) { try take(type, body) } catch {
                throw .protocolViolation("invalid answer to \"\(question.rawValue)\"")
            }
        }
    }

    private mutating func take(_ type: MessageType, _ body: [UInt8]) throws(WireError) {
        var reader = WireReader(body)
        switch type {
        case BackendMessage.dataRow:
            guard value == nil, try reader.int16() == 1 else { throw .invalidField("DataRow") }
            let text = try reader.bytes(Int(try reader.int32()))
            value = text == Array("on".utf8) || text == Array("t".utf8)
        case BackendMessage.readyForQuery:
            guard value != nil else { throw .invalidField("no row") }
            isReady = true
        case BackendMessage.errorResponse: throw .invalidField("ErrorResponse")
        default: break
        }
    }
}
