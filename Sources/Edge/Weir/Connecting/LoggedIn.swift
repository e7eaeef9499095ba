import NIOCore
import PGSession
import PGWire

/// A connection that has logged in and has not been evaluated yet.
struct LoggedIn {
    let wire: LogInWire
    let exchange: LogInExchange
    let isEncrypted: Bool
    let scope: ConnectScope
    /// The bytes received after the last answer.
    private(set) var leftover: [UInt8]

    /// Sends Terminate and closes the connection without waiting.
    func terminate() {
        var writer = WireWriter()
        writer.terminate()
        wire.send(writer.bytes)
        scope.abandon()
    }

    /// Asks the server a yes-or-no question about itself and returns the answer.
    mutating func answer(to question: SessionRequirement.Question) async throws -> Bool {
        var exchange = QuestionExchange(question, leftover: leftover)
        wire.send(exchange.query)
        while true {
            if let answer = exchange.answer {
                leftover = exchange.leftover
                return answer
            }
            try exchange.receive(try await wire.receive())
        }
    }

    /// Returns the connection in the form that the session takes over.
    func server(leftover: [UInt8], cancelling sender: CancelSender) -> ConnectedServer {
        let key = exchange.cancelKey.map { CancelKey(processID: $0.processID, secret: $0.secret) }
        return ConnectedServer(
            channel: wire.channel, leftover: ByteBuffer(bytes: leftover), parameters: exchange.parameters,
            cancelKey: key, address: sender.endpoint.description, sendCancel: { await sender.send($0) })
    }
}
