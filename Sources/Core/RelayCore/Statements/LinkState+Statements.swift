package import PGWire

/// What is sent to a server so that it has a statement, in this order.
package struct Preparation: Sendable {
    /// Statements to close.
    package var closing: [SharedStatement] = []
    /// The statement to parse.
    package let statement: SharedStatement
}

/// What is done with a message that names a prepared statement.
package enum StatementDecision: Sendable {
    /// An answer that is on its way decides what the name means: the message waits for the next ReadyForQuery.
    case wait
    /// The server is skipping up to the next Sync: the message is dropped.
    case skip
    /// The server prepares the statement, if it must, and gets the message with the name that it knows.
    case rename(SharedStatement, Preparation?)
    /// The server prepares the statement, and its answer is the client's.
    case prepare(Preparation)
    /// The client is answered without the server.
    case answerLocally
    /// The server is sent Close of ``LinkState/impossibleName``, and its answer is the client's.
    case forwardClose
    /// The client has no statement of this name. Describe of ``LinkState/impossibleName`` is sent in place of the
    /// message.
    case refuseUnknown
    /// The client has a statement of this name. Parse of it is sent once more with the text of the message.
    case refuseDuplicate(SharedStatement, Preparation?)
    /// PgBouncer's way: the client is disconnected.
    case disconnectUnknown
    case disconnectDuplicate
    /// The client has prepared more than it may.
    case disconnectExcess
    /// Which answer belongs to which message is not known.
    case disconnectDoubtful
}

/// The limits of prepared statements.
package struct StatementLimits: Sendable {
    /// `max_prepared_statements`: how many a server keeps.
    package var perServer: Int
    /// A name that a client does not have, or has already, is answered with PostgreSQL's error; else the client is
    /// disconnected, as PgBouncer does.
    package var answersErrors: Bool
    /// The bytes of the texts that a server keeps.
    package var sizePerServer = 32 << 20
    /// The bytes that a client's names and texts may take.
    package var sizePerClient = 64 << 20

    package init(perServer: Int, answersErrors: Bool) {
        self.perServer = perServer
        self.answersErrors = answersErrors
    }
}

extension LinkState {
    /// No statement has this name: those of clients never reach a server under the name that the client chose.
    package static let impossibleName = Array("weir: no such statement".utf8)

    /// Decides what is done with a message that names a statement, and records what is sent in its place.
    ///
    /// - Parameters:
    ///   - name: the statement's name in the message.
    ///   - status: the transaction status of the server's last ReadyForQuery.
    ///   - text: for Parse, finds the shared statement of the text.
    package mutating func place(
        _ kind: StatementMessage.Kind, _ name: RawSpan, _ names: inout ClientStatements,
        _ server: inout ServerStatements, _ limits: StatementLimits, status: TransactionStatus,
        text: () -> SharedStatement
    ) -> StatementDecision {
        if counts.isSkipping { return .skip }
        if requests.isDoubtful { return .disconnectDoubtful }
        let segment = counts.sent.segment
        let entry = names.find(name)
        if let entry, let known = names[entry], known.unconfirmed > 0, known.segment != segment { return .wait }
        let statement = entry.flatMap { names[$0]?.statement }
        switch kind {
        case .parse:
            guard let statement else {
                return parse(name, text(), &names, &server, limits, status)
            }
            return refuseDuplicate(name, statement, &server, limits)
        case .close:
            let change = statement.map { _ in names.set(name, to: nil, segment: segment) }
            if ledger.count < Self.mostEdits {
                answerLocally(BackendMessage.closeComplete, change)
                return .answerLocally
            }
            ledger.append(counts.sent, .forward, change.map { .name($0) } ?? .none)
            _ = clientSent(FrontendMessage.close)
            return .forwardClose
        case .bind, .describe:
            guard let statement else {
                guard limits.answersErrors else { return .disconnectUnknown }
                refuse(name, knownAs: Self.impossibleName)
                _ = clientSent(FrontendMessage.describe)
                return .refuseUnknown
            }
            var preparation: Preparation?
            switch readiness(of: statement, server) {
            case .has(let index): server.use(index, segment: segment)
            case .lacks: preparation = prepare(statement, .swallow, &server, limits)
            case .unconfirmed: return .wait
            }
            _ = clientSent(kind == .bind ? FrontendMessage.bind : FrontendMessage.describe)
            return .rename(statement, preparation)
        }
    }

    private mutating func parse(
        _ name: RawSpan, _ statement: SharedStatement, _ names: inout ClientStatements,
        _ server: inout ServerStatements, _ limits: StatementLimits, _ status: TransactionStatus
    ) -> StatementDecision {
        guard names.size + ClientStatements.size(name.byteCount, statement) <= limits.sizePerClient else {
            return .disconnectExcess
        }
        let segment = counts.sent.segment
        switch readiness(of: statement, server) {
        case .unconfirmed: return .wait
        case .has(let index) where status != .failed && ledger.count < Self.mostEdits:
            server.use(index, segment: segment)
            answerLocally(BackendMessage.parseComplete, names.set(name, to: statement, segment: segment))
            return .answerLocally
        // In a failed transaction PostgreSQL refuses most statements, and decides which.
        case .has, .lacks:
            let naming = names.set(name, to: statement, segment: segment)
            return .prepare(prepare(statement, .forward, &server, limits, naming: naming))
        }
    }

    /// PostgreSQL looks at the text before it looks at the name, so it is given the text once more under the name that
    /// the statement has there.
    private mutating func refuseDuplicate(
        _ name: RawSpan, _ present: SharedStatement, _ server: inout ServerStatements, _ limits: StatementLimits
    ) -> StatementDecision {
        guard limits.answersErrors else { return .disconnectDuplicate }
        var preparation: Preparation?
        switch readiness(of: present, server) {
        case .has: break
        case .lacks: preparation = prepare(present, .swallow, &server, limits)
        case .unconfirmed: return .wait
        }
        refuse(name, knownAs: present.serverName)
        _ = clientSent(FrontendMessage.parse)
        return .refuseDuplicate(present, preparation)
    }

    /// With more answers than this outstanding, the server answers what could be answered without it: a server that is slow
    /// then stops a client that sends without end, before its answers fill the memory.
    private static var mostEdits: Int { 256 }

    private mutating func refuse(_ name: RawSpan, knownAs serverName: [UInt8]) {
        let refusal = StatementRefusal(serverName: serverName, name: unsafe name.withUnsafeBytes { unsafe Array($0) })
        ledger.append(counts.sent, .refuse(refusal), .none)
    }

    private mutating func answerLocally(_ answer: MessageType, _ change: ClientStatements.Change?) {
        clientSentLocally()
        ledger.append(counts.sent, .insert(answer), change.map { .name($0) } ?? .none)
    }

    // MARK: - Preparing

    private enum Readiness {
        case has(Int32)
        case lacks
        /// An answer that is on its way tells whether it has it.
        case unconfirmed
    }

    private func readiness(of statement: SharedStatement, _ server: ServerStatements) -> Readiness {
        guard let index = server.find(statement), let entry = server[index] else { return .lacks }
        if entry.unconfirmed > 0, entry.segment != counts.sent.segment { return .unconfirmed }
        return entry.isPrepared && server.isCurrent(index) ? .has(index) : .lacks
    }

    /// Records that a server is made to prepare a statement. What it has under the statement's name is closed before:
    /// plans that have become unusable, or what a client has prepared by SQL under this name.
    ///
    /// - Parameters:
    ///   - treatment: what is done with ParseComplete.
    ///   - naming: the change of the client's names that depends on it.
    private mutating func prepare(
        _ statement: SharedStatement, _ treatment: AnswerLedger.Treatment,
        _ server: inout ServerStatements, _ limits: StatementLimits, naming: ClientStatements.Change? = nil
    ) -> Preparation {
        var preparation = Preparation(statement: statement)
        close(statement, &server, &preparation)
        let segment = counts.sent.segment
        while let index = server.surplus(limit: limits.perServer, sizeLimit: limits.sizePerServer, segment: segment),
            let entry = server[index]
        {
            close(entry.statement, &server, &preparation)
        }
        let index = server.prepare(statement, segment: segment)
        ledger.append(counts.sent, treatment, .prepare(index))
        if let naming { ledger.append(counts.sent, .forward, .name(naming)) }
        _ = clientSent(FrontendMessage.parse)
        return preparation
    }

    private mutating func close(
        _ statement: SharedStatement, _ server: inout ServerStatements, _ preparation: inout Preparation
    ) {
        var change = AnswerLedger.Change.none
        if let index = server.find(statement), server[index]?.isPrepared == true {
            server.close(index, segment: counts.sent.segment)
            change = .close(index)
        }
        ledger.append(counts.sent, .swallow, change)
        _ = clientSent(FrontendMessage.close)
        preparation.closing.append(statement)
    }
}
