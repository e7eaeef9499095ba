import NIOCore
import PGSession
import PGWire

/// A connection that has logged in and is still to be judged.
struct LoggedIn {
    let wire: LogInWire
    let exchange: LogInExchange
    let isEncrypted: Bool
    let scope: ConnectScope
    /// What arrived behind the last answer.
    private(set) var leftover: [UInt8]

    /// Closes the connection in all politeness, but waits for nothing.
    func sayGoodBye() {
        var writer = WireWriter()
        writer.terminate()
        wire.send(writer.bytes)
        scope.abandon()
    }

    /// What the server says about itself.
    mutating func answer(to question: SessionRequirement.Question) async throws -> Bool {
        var exchange = QuestionExchange(question, behind: leftover)
        wire.send(exchange.query)
        while true {
            if let answer = exchange.answer {
                leftover = exchange.leftover
                return answer
            }
            try exchange.receive(try await wire.receive())
        }
    }

    /// What the session gets.
    func server(leftover: [UInt8], cancelling sender: CancelSender) -> ConnectedServer {
        let key = exchange.cancelKey.map { CancelKey(processID: $0.processID, secret: $0.secret) }
        return ConnectedServer(
            channel: wire.channel, leftover: ByteBuffer(bytes: leftover), parameters: exchange.parameters,
            cancelKey: key, address: sender.endpoint.description, sendCancel: { await sender.send($0) })
    }
}
