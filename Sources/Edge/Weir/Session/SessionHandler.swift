import DequeModule
import NIOCore
import PGSession
import PGTypes
import PGWire

/// Drives one connection: bytes in, answers to whoever waits for them, and the next call on its way.
///
/// Bound to the channel's event loop. One exchange is under way at a time, so that a CancelRequest can only hit the one
/// it is meant for; what is pipelined is pipelined inside of an exchange.
final class SessionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let state: SessionState
    let configuration: PostgresSession.Configuration
    let cancelKey: CancelKey?
    let sendCancel: @Sendable (CancelKey) async -> Bool

    var answers = AnswerQueue()
    var cache: StatementCache
    /// What is written before anything else happens.
    var writer = PostgresWriter()
    var transactionStatus = TransactionStatus.idle
    /// What the server's texts are in, if not UTF-8: no statement is sent any more.
    var foreignEncoding: String?

    var active: Exchange?
    var waiting: Deque<Exchange> = []
    var cancelling: Cancelling?
    var isClosed = false
    /// The server's error that ends the session, about to be followed by the end of the connection.
    var lastWords: PostgresError?

    var context: ChannelHandlerContext?
    private var torn = ByteBuffer()
    private var holdsRead = false

    init(_ connected: ConnectedServer, configuration: PostgresSession.Configuration, state: SessionState) {
        self.state = state
        self.configuration = configuration
        cancelKey = connected.cancelKey
        sendCancel = connected.sendCancel
        cache = StatementCache(capacity: configuration.statementCacheSize)
        torn = connected.leftover
        if let encoding = connected.parameters["client_encoding"] { noteEncoding(encoding) }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        lose(lastWords ?? .lost)
        self.context = nil
    }

    /// Takes over the channel, beginning with what came with the log-in.
    func install(on channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.addHandler(self)
        } catch {
            var lost = PostgresError.lost
            lost.underlying = error
            return lose(lost)
        }
        if !channel.isActive { return lose(.lost) }
        var buffer = torn
        torn = ByteBuffer()
        consume(&buffer)
        torn.writeBuffer(&buffer)
        try? channel.syncOptions?.setOption(.autoRead, value: true)
    }

    // MARK: Calls

    /// Takes a call; it is begun when everything before has been answered.
    func submit(_ exchange: Exchange) {
        guard !isClosed else { return exchange.finish((state.lastError ?? .closed).about(exchange.sql)) }
        guard !exchange.token.isCancelled else { return exchange.finish(.cancelled(exchange.sql)) }
        state.status = nil
        arm(exchange)
        if active == nil, cancelling == nil {
            begin(exchange)
            finishIfAnswered()
            flush()
        } else {
            waiting.append(exchange)
        }
    }

    private func begin(_ exchange: Exchange) {
        active = exchange
        if let foreignEncoding, !exchange.restoresEncoding { return refuseEncoding(foreignEncoding) }
        exchange.begin(self)
    }

    /// Ends the exchange under way if all of it has been answered, and begins the next.
    func finishIfAnswered() {
        while let exchange = active, answers.isEmpty, exchange.isFinished {
            active = nil
            exchange.timer?.cancel()
            exchangeHasEnded()
            if waiting.isEmpty, !isClosed { state.status = transactionStatus }
            exchange.finish(exchange.stopReason)
            // A CancelRequest on its way could hit what comes next.
            if cancelling != nil { return }
            beginNext()
        }
    }

    func beginNext() {
        guard active == nil, !isClosed, let next = waiting.popFirst() else { return }
        begin(next)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if torn.readableBytes == 0 {
            consume(&buffer)
            guard buffer.readableBytes > 0 else { return }
            torn.clear()
            torn.writeBuffer(&buffer)
        } else {
            torn.writeBuffer(&buffer)
            var whole = torn
            torn = ByteBuffer()
            consume(&whole)
            whole.discardReadBytes()
            torn = whole
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        active?.readIsComplete(self)
        flush()
    }

    func channelInactive(context: ChannelHandlerContext) { lose(lastWords ?? .lost) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        var lost = PostgresError(.connectionLost, "the connection to the server broke")
        lost.underlying = error
        // A server that has ended the session with an error often resets the connection: the error says more.
        close(lastWords ?? lost)
    }

    /// Takes whole messages off the front.
    private func consume(_ buffer: inout ByteBuffer) {
        var position = 0
        let failure = receive(buffer.readableBytesSpan, &position)
        buffer.moveReaderIndex(forwardBy: position)
        if let failure { close(PostgresError(.protocolViolation, "\(failure)")) }
    }

    private func receive(_ bytes: RawSpan, _ position: inout Int) -> SessionError? {
        do throws(SessionError) {
            while bytes.byteCount - position >= 5, !isClosed {
                let type = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
                let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position + 1, as: UInt32.self)
                let length = Int(UInt32(bigEndian: word))
                guard length >= 4, length <= PostgresWriter.longestMessage else {
                    throw .length(type, declared: length)
                }
                guard bytes.byteCount - position > length else { return nil }
                let body = bytes.extracting((position + 5)..<(position + 1 + length))
                position += 1 + length
                try receive(MessageType(rawValue: type), body)
            }
            return nil
        } catch {
            return error
        }
    }

    private func receive(_ type: MessageType, _ body: RawSpan) throws(SessionError) {
        let meaning = try answers.receive(type)
        switch meaning {
        case .row:
            guard let active else { throw .unexpected(type.rawValue) }
            try active.receiveRow(body)
        case .notice: state.observed(\.onNotice)?(try ServerError(body: body, type: type.rawValue))
        case .notification: state.observed(\.onNotification)?(try NotificationResponse(body: body))
        case .parameterStatus:
            var fields = MessageFields(body)
            guard let name = fields.text(), let value = fields.text() else { throw .malformed(type.rawValue) }
            if name == "client_encoding" { noteEncoding(value) }
            state.setParameter(name, value)
        case .unaskedError: try receiveFarewell(body)
        case .ready:
            var fields = MessageFields(body)
            guard let status = fields.byte().flatMap(TransactionStatus.init), fields.remaining == 0 else {
                throw .malformed(type.rawValue)
            }
            transactionStatus = status
            try active?.receive(.ready, body, self)
            cancelMore()
            let answered = active
            finishIfAnswered()
            // There is more to come in an exchange whose texts would be garbled.
            if let foreignEncoding, active != nil, active === answered { refuseEncoding(foreignEncoding) }
        default:
            guard let active else { throw .unexpected(type.rawValue) }
            try active.receive(meaning, body, self)
        }
    }

    /// What the server says before it closes the connection by itself.
    private func receiveFarewell(_ body: RawSpan) throws(SessionError) {
        var error = try serverError(body, about: nil)
        error.code = .connectionLost
        close(error)
    }

    /// An ErrorResponse about a statement.
    func serverError(_ body: RawSpan, about sql: String?) throws(SessionError) -> PostgresError {
        let server = try ServerError(body: body, type: BackendMessage.errorResponse.rawValue)
        var error = PostgresError(server, query: sql)
        if server.isFatal {
            error.code = .connectionLost
            lastWords = error
        }
        return error
    }

    /// Whoever reads slowly is not sent more than he has room for: the server has to wait.
    func read(context: ChannelHandlerContext) {
        if active?.pausesReading() == true {
            holdsRead = true
        } else {
            context.read()
        }
    }

    func resumeReading() {
        guard holdsRead else { return }
        holdsRead = false
        context?.read()
    }

    // MARK: Writing

    /// Sends what was written, all at once.
    func flush() {
        guard writer.count > 0, let context else { return }
        let buffer = context.channel.allocator.buffer(bytes: writer.bytes)
        if writer.count > 256 * 1024 { writer = PostgresWriter() } else { writer.removeAll() }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
