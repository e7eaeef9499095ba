import PGSession
import PGTypes
import SeededChance
import Testing

@Suite struct StatementCacheTests {
    private func statement(_ name: String) -> PreparedStatement {
        PreparedStatement(name: name, parameters: [], columns: nil)
    }

    @Test func `The least recently used statement is evicted, and closed on the server`() {
        var cache = StatementCache(capacity: 2)
        for text in ["a", "b"] { cache.insert(statement(cache.newName(for: text)), for: text) }
        #expect(cache.find("a")?.name == "weir_1")
        cache.insert(statement(cache.newName(for: "c")), for: "c")
        #expect(cache.find("b")?.name == nil)
        #expect(cache.takeEvicted() == ["weir_2"])
        #expect(cache.takeEvicted() == [])
        #expect(cache.find("a")?.name == "weir_1")
        #expect(cache.find("c")?.name == "weir_3")
    }

    @Test func `Without room, and for long texts, the unnamed statement is used`() {
        var cache = StatementCache(capacity: 0)
        #expect(cache.newName(for: "a") == "")
        cache.insert(statement(""), for: "a")
        #expect(cache.find("a")?.name == nil)
        var other = StatementCache(capacity: 2)
        #expect(other.newName(for: String(repeating: "x", count: StatementCache.longestText + 1)) == "")
    }

    @Test(arguments: ["FETCH 10 FROM c", " fetch next from c", "EXECUTE p(1)"])
    func `A statement that refers to a cursor or another statement is not cached`(text: String) {
        var cache = StatementCache(capacity: 2)
        #expect(cache.newName(for: text) == "")
        #expect(cache.newName(for: "SELECT fetch FROM t") != "")
    }

    /// Compared with a list that is kept in order of use.
    @Test(arguments: 0..<50)
    func `The cache does what a list would do`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let capacity = Int.random(in: 1...6, using: &random)
        var cache = StatementCache(capacity: capacity)
        var list: [(text: String, name: String)] = []
        var held: Set<String> = []
        for _ in 0..<600 {
            let text = "\(Int.random(in: 0..<10, using: &random))"
            let place = list.firstIndex { $0.text == text }
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let found = cache.find(text)
                if found?.name != place.map({ list[$0].name }) { Issue.record("seed \(seed): wrong \(text)") }
                if let place {
                    list.insert(list.remove(at: place), at: 0)
                } else {
                    let name = cache.newName(for: text)
                    if !held.insert(name).inserted { Issue.record("seed \(seed): \(name) is used twice") }
                    cache.insert(statement(name), for: text)
                    list.insert((text, name), at: 0)
                    if list.count > capacity { list.removeLast() }
                }
            case 6..<8:
                cache.drop(text)
                if let place { list.remove(at: place) }
            case 8: for name in cache.takeEvicted() { held.remove(name) }
            default:
                if Int.random(in: 0..<20, using: &random) == 0 {
                    cache.clear()
                    (list, held) = ([], [])
                }
            }
            if cache.count != list.count { Issue.record("seed \(seed): \(cache.count) and \(list.count)") }
        }
        // The server holds exactly the cached statements: none is leaked.
        for name in cache.takeEvicted() { held.remove(name) }
        #expect(held == Set(list.map(\.name)))
    }
}
