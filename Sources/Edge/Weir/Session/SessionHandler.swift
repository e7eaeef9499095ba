import DequeModule
import NIOCore
import PGSession
import PGTypes
import PGWire

/// Drives one connection: parses the server's messages, passes answers to their callers, and begins the next call.
///
/// Bound to the channel's event loop. Only one exchange is active at a time, so that a CancelRequest can only hit the
/// intended one; pipelining happens within an exchange.
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
    /// Messages that are written before the next flush.
    var writer = PostgresWriter()
    var transactionStatus = TransactionStatus.idle
    /// The server's text encoding, if not UTF-8: no statement is sent any more.
    var unsupportedEncoding: String?

    var active: Exchange?
    var waiting: Deque<Exchange> = []
    var cancelling: Cancelling?
    var isClosed = false
    /// The server's error that ends the session; the end of the connection follows.
    var sessionError: PostgresError?

    var context: ChannelHandlerContext?
    private var partial = ByteBuffer()
    private var isReadDeferred = false

    init(_ connected: ConnectedServer, configuration: PostgresSession.Configuration, state: SessionState) {
        self.state = state
        self.configuration = configuration
        cancelKey = connected.cancelKey
        sendCancel = connected.sendCancel
        cache = StatementCache(capacity: configuration.statementCacheSize)
        partial = connected.leftover
        if let encoding = connected.parameters["client_encoding"] { noteEncoding(encoding) }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        endSession(sessionError ?? .lost)
        self.context = nil
    }

    /// Takes over the channel, beginning with the bytes received during log-in.
    func install(on channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.addHandler(self)
        } catch {
            var lost = PostgresError.lost
            lost.underlying = error
            return endSession(lost)
        }
        if !channel.isActive { return endSession(.lost) }
        var buffer = partial
        partial = ByteBuffer()
        consume(&buffer)
        partial.writeBuffer(&buffer)
        try? channel.syncOptions?.setOption(.autoRead, value: true)
    }

    // MARK: Calls

    /// Accepts a call; it begins when everything before has been answered.
    func submit(_ exchange: Exchange) {
        guard !isClosed else { return exchange.finish((state.lastError ?? .closed).about(exchange.sql)) }
        guard !exchange.token.isCancelled else { return exchange.finish(.cancelled(exchange.sql)) }
        state.status = nil
        startTimer(exchange)
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
        if let unsupportedEncoding, !exchange.restoresEncoding { return refuseEncoding(unsupportedEncoding) }
        exchange.begin(self)
    }

    /// Ends the active exchange if all of it has been answered, and begins the next.
    func finishIfAnswered() {
        while let exchange = active, answers.isEmpty, exchange.isFinished {
            active = nil
            exchange.timer?.cancel()
            exchangeHasEnded()
            if waiting.isEmpty, !isClosed { state.status = transactionStatus }
            exchange.finish(exchange.stopReason)
            // A CancelRequest in transit could hit the next statement.
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
        if partial.readableBytes == 0 {
            consume(&buffer)
            guard buffer.readableBytes > 0 else { return }
            partial.clear()
            partial.writeBuffer(&buffer)
        } else {
            partial.writeBuffer(&buffer)
            var whole = partial
            partial = ByteBuffer()
            consume(&whole)
            whole.discardReadBytes()
            partial = whole
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        active?.readIsComplete(self)
        flush()
    }

    func channelInactive(context: ChannelHandlerContext) { endSession(sessionError ?? .lost) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        var lost = PostgresError(.connectionLost, "the connection to the server broke")
        lost.underlying = error
        // A server that has ended the session with an error often resets the connection: the error says more.
        close(sessionError ?? lost)
    }

    /// Consumes whole messages from the front.
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
        case .unsolicitedError: try receiveUnsolicitedError(body)
        case .ready:
            var fields = MessageFields(body)
            guard let status = fields.byte().flatMap(TransactionStatus.init), fields.remaining == 0 else {
                throw .malformed(type.rawValue)
            }
            transactionStatus = status
            try active?.receive(.ready, body, self)
            cancelNextStatement()
            let answered = active
            finishIfAnswered()
            // More statements follow in an exchange whose text would be garbled.
            if let unsupportedEncoding, active != nil, active === answered { refuseEncoding(unsupportedEncoding) }
        default:
            guard let active else { throw .unexpected(type.rawValue) }
            try active.receive(meaning, body, self)
        }
    }

    /// Handles an unsolicited error, which the server sends before it closes the connection.
    private func receiveUnsolicitedError(_ body: RawSpan) throws(SessionError) {
        var error = try serverError(body, about: nil)
        error.code = .connectionLost
        close(error)
    }

    /// Parses an ErrorResponse about a statement.
    func serverError(_ body: RawSpan, about sql: String?) throws(SessionError) -> PostgresError {
        let server = try ServerError(body: body, type: BackendMessage.errorResponse.rawValue)
        var error = PostgresError(server, query: sql)
        if server.isFatal {
            error.code = .connectionLost
            sessionError = error
        }
        return error
    }

    /// Reads no more while the reader's buffer is full: the server has to wait for a slow reader.
    func read(context: ChannelHandlerContext) {
        if active?.pausesReading() == true {
            isReadDeferred = true
        } else {
            context.read()
        }
    }

    func resumeReading() {
        guard isReadDeferred else { return }
        isReadDeferred = false
        context?.read()
    }

    // MARK: Writing

    /// Sends everything that was written, in one call.
    func flush() {
        guard writer.count > 0, let context else { return }
        let buffer = context.channel.allocator.buffer(bytes: writer.bytes)
        if writer.count > 256 * 1024 { writer = PostgresWriter() } else { writer.removeAll() }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
