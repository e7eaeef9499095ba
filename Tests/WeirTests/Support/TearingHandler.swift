import NIOCore
import SeededChance

/// Forwards what a server sent in different pieces than it came, and on request with some bytes changed.
final class TearingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var random: SplitMix64
    private let changesOneIn: Int?

    init(seed: Int, changesOneIn: Int? = nil) {
        (random, self.changesOneIn) = (SplitMix64(seed: UInt64(seed)), changesOneIn)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if let changesOneIn {
            for index in buffer.readerIndex..<buffer.writerIndex
            where Int.random(in: 0..<changesOneIn, using: &random) == 0 {
                buffer.setInteger(UInt8.random(in: 0...255, using: &random), at: index)
            }
        }
        let most = Int.random(in: 1...200, using: &random)
        while buffer.readableBytes > 0 {
            let count = min(buffer.readableBytes, Int.random(in: 1...most, using: &random))
            guard let piece = buffer.readSlice(length: count) else { return }
            context.fireChannelRead(wrapInboundOut(piece))
            if Bool.random(using: &random) { context.fireChannelReadComplete() }
        }
    }
}
