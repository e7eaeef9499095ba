import DequeModule
package import PGWire

/// The answers that the server owes, in order; it determines the meaning of each message, or that it is unexpected.
///
/// A pure value. The writer of a message records its answer with ``expect(_:)``; every message received goes through
/// ``receive(_:)``. A session in which an answer is matched to the wrong request cannot be repaired, so every
/// unexpected message is an error.
///
/// Source: PostgreSQL, protocol-flow.html
package struct AnswerQueue: Sendable {
    /// The answer to a message, if nothing fails.
    package enum Answer: UInt8, Sendable {
        /// Parse: ParseComplete.
        case parse
        /// Describe of a statement: ParameterDescription, then ``columns``.
        case parameters
        /// Describe: RowDescription or NoData.
        case columns
        /// Bind: BindComplete.
        case bind
        /// Execute: rows or COPY, and CommandComplete, PortalSuspended or EmptyQueryResponse.
        case execution
        /// Close: CloseComplete.
        case close
        /// Sync: ReadyForQuery. After an error, everything up to here is skipped.
        case sync
        /// Query: everything up to ReadyForQuery.
        case script
    }

    /// The meaning of a message.
    package enum Meaning: UInt8, Sendable {
        /// The expected answer, without content.
        case done
        case parameters
        case columns
        case noColumns
        /// BindComplete: rows may follow.
        case bound
        case row
        case complete
        case empty
        case suspended
        case copyIn
        case copyOut
        case copyData
        case copyDone
        /// The request failed. Everything up to the next ReadyForQuery is skipped.
        case error
        /// An error without a request: the server is about to close the connection.
        case unsolicitedError
        case ready
        case notice
        case notification
        case parameterStatus
    }

    private var answers: Deque<Answer> = []
    // The state of a COPY in the current execution or script.
    private var copy = Copy.none
    // Whether an error arrived, after which only ReadyForQuery follows.
    private var hasFailed = false
    // In a script: whether rows may follow.
    private var hasColumns = false
    // Whether a statement of a script was answered; ReadyForQuery is never the only answer to a script.
    private var hasEnded = false
    /// Whether an error arrived in a series that has no Sync yet: the server ignores every message before it.
    package private(set) var needsSync = false

    private enum Copy: UInt8 {
        case none, into, outOf, outDone
    }

    package init() {}

    /// Whether no answer is owed: the server waits for a request.
    package var isEmpty: Bool { answers.isEmpty && !needsSync }

    /// The number of answers owed.
    package var count: Int { answers.count }

    /// Whether a row may come next.
    @inline(__always) private var takesRows: Bool {
        switch answers.first {
        case .execution: copy == .none
        case .script: hasColumns && copy == .none && !hasFailed
        default: false
        }
    }

    /// Records the answer to the message just written. While the server skips messages, only Sync is answered.
    package mutating func expect(_ answer: Answer) {
        if needsSync {
            guard answer == .sync else { return }
            needsSync = false
        }
        answers.append(answer)
    }

    /// Returns the meaning of a message from the server.
    package mutating func receive(_ type: MessageType) throws(SessionError) -> Meaning {
        if type == BackendMessage.dataRow {
            guard takesRows else { throw .unexpected(type.rawValue) }
            return .row
        }
        switch type {
        case BackendMessage.noticeResponse: return .notice
        case BackendMessage.notificationResponse: return .notification
        case BackendMessage.parameterStatus: return .parameterStatus
        case BackendMessage.errorResponse: return fail()
        case BackendMessage.readyForQuery: return try ready()
        default: break
        }
        guard let answer = answers.first else { throw .unexpected(type.rawValue) }
        switch answer {
        case .execution: return try executing(type)
        case .script: return try scripted(type)
        case .sync: throw .unexpected(type.rawValue)
        default: break
        }
        let meaning: Meaning
        switch (answer, type) {
        case (.parse, BackendMessage.parseComplete), (.close, BackendMessage.closeComplete): meaning = .done
        case (.parameters, BackendMessage.parameterDescription): meaning = .parameters
        case (.columns, BackendMessage.rowDescription): meaning = .columns
        case (.columns, BackendMessage.noData): meaning = .noColumns
        case (.bind, BackendMessage.bindComplete): meaning = .bound
        default: throw .unexpected(type.rawValue)
        }
        answers.removeFirst()
        return meaning
    }

    private mutating func fail() -> Meaning {
        copy = .none
        // After an error only ReadyForQuery follows, unless the server is about to close the connection.
        guard let answer = answers.first, !hasFailed else { return .unsolicitedError }
        (hasFailed, hasColumns) = (true, false)
        if answer == .script { return .error }
        while let answer = answers.first, answer != .sync { answers.removeFirst() }
        needsSync = answers.isEmpty
        return .error
    }

    private mutating func ready() throws(SessionError) -> Meaning {
        let isDue = answers.first == .sync || answers.first == .script && (hasEnded || hasFailed)
        guard isDue, copy == .none, !hasColumns else { throw .unexpected(BackendMessage.readyForQuery.rawValue) }
        answers.removeFirst()
        (hasFailed, hasEnded) = (false, false)
        return .ready
    }

    private mutating func executing(_ type: MessageType) throws(SessionError) -> Meaning {
        let meaning = try ending(type)
        if meaning == .complete || meaning == .empty || meaning == .suspended { answers.removeFirst() }
        return meaning
    }

    private mutating func scripted(_ type: MessageType) throws(SessionError) -> Meaning {
        guard !hasFailed else { throw .unexpected(type.rawValue) }
        if type == BackendMessage.rowDescription, copy == .none, !hasColumns {
            hasColumns = true
            return .columns
        }
        let meaning = try ending(type)
        if meaning == .suspended { throw .unexpected(type.rawValue) }
        if meaning == .complete || meaning == .empty { (hasColumns, hasEnded) = (false, true) }
        return meaning
    }

    /// Handles the messages during an execution, apart from rows.
    private mutating func ending(_ type: MessageType) throws(SessionError) -> Meaning {
        switch (type, copy) {
        // The client ends a COPY to the server: CommandComplete then follows CopyInResponse.
        case (BackendMessage.commandComplete, .none), (BackendMessage.commandComplete, .into),
            (BackendMessage.commandComplete, .outDone):
            copy = .none
            return .complete
        case (BackendMessage.emptyQueryResponse, .none): return .empty
        case (BackendMessage.portalSuspended, .none): return .suspended
        case (BackendMessage.copyInResponse, .none):
            copy = .into
            return .copyIn
        case (BackendMessage.copyOutResponse, .none):
            copy = .outOf
            return .copyOut
        case (BackendMessage.copyData, .outOf): return .copyData
        case (BackendMessage.copyDone, .outOf):
            copy = .outDone
            return .copyDone
        default: throw .unexpected(type.rawValue)
        }
    }
}
