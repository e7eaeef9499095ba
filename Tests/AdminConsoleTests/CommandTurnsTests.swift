import AdminConsole
import SeededChance
import Testing

@Suite struct CommandTurnsTests {
    typealias Turns = CommandTurns<Int>

    /// The clients served in one turn.
    private func turn(_ turns: inout Turns) -> [Int] {
        turns.beginTurn()
        var served: [Int] = []
        while let client = turns.next() { served.append(client) }
        return served
    }

    @Test func clientsTakeTurns() {
        var turns = Turns()
        for client in [1, 2, 1, 3] { turns.ask(client) }
        var order: [Int] = []
        while !turns.isIdle, order.count < 100 {
            let served = turn(&turns)
            #expect(served.count <= Turns.commandsPerTurn)
            if order.isEmpty { turns.ask(1) }
            order += served
        }
        #expect(order == [1, 2, 3, 1])
        #expect(turn(&turns).isEmpty)
    }

    @Test func theClientThatHasNotReadForLongestIsGivenUp() {
        var turns = Turns()
        let half = Turns.mostUnread / 2
        #expect(turns.leftUnread(1, bytes: half) == [])
        #expect(turns.leftUnread(2, bytes: half) == [])
        #expect(turns.leftUnread(3, bytes: 1) == [1])
        #expect(turns.leftUnread(4, bytes: half) == [2])
        turns.wasRead(3)
        #expect(turns.leftUnread(5, bytes: half) == [])
        #expect(turns.leftUnread(6, bytes: 2 * half) == [4, 5])
    }

    @Test func oneAnswerMayBeAsLongAsItMust() {
        var turns = Turns()
        #expect(turns.leftUnread(1, bytes: Turns.mostUnread * 4) == [])
        #expect(turns.leftUnread(1, bytes: Turns.mostUnread * 4) == [])
        #expect(turns.leftUnread(2, bytes: 1) == [1])
    }

    /// Compared with a sum computed separately: no more is unread than the limit, as long as no answer alone is longer.
    @Test func unreadOutputIsBounded() {
        var chance = SplitMix64(seed: 5)
        var turns = Turns()
        var unread: [Int: Int] = [:]
        for _ in 0..<20_000 {
            let client = Int.random(in: 0..<50, using: &chance)
            if Bool.random(using: &chance) {
                let bytes = Int.random(in: 0...(Turns.mostUnread / 8), using: &chance)
                unread[client] = bytes
                for victim in turns.leftUnread(client, bytes: bytes) {
                    #expect(victim != client && unread[victim] != nil)
                    unread[victim] = nil
                }
                #expect(unread.values.reduce(0, +) <= Turns.mostUnread)
            } else {
                turns.wasRead(client)
                unread[client] = nil
            }
        }
    }
}
