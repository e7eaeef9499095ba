/// The statements that are prepared on the server, by their text; the least recently used one is evicted.
///
/// Names are never reused, so that a name cannot refer to a statement that is still to be closed.
package struct StatementCache: Sendable {
    /// Texts longer than this, in bytes, are not cached. asyncpg's limit is 15 KiB as well.
    package static let longestText = 15 * 1024

    /// The maximum number of statements; 0 for none.
    package let capacity: Int
    private var slots: [Slot] = []
    private var places: [String: Int] = [:]
    // A doubly linked list through the slots, from the most to the least recently used.
    private var newest = -1
    private var oldest = -1
    private var lastNumber = 0
    /// The names of evicted statements that the server still has: to be closed with the next write.
    package private(set) var evicted: [String] = []

    private struct Slot: Sendable {
        var text: String
        var statement: PreparedStatement
        var newer: Int
        var older: Int
    }

    package init(capacity: Int) { self.capacity = max(0, capacity) }

    package var count: Int { places.count }

    /// Returns a name for a new statement; empty if it will not be cached.
    ///
    /// `FETCH` and `EXECUTE` are not cached: their results depend on a cursor or a statement that may be different next
    /// time, and the server does not report that.
    package mutating func newName(for text: String) -> String {
        guard capacity > 0, text.utf8.count <= Self.longestText, !Self.isIndirect(text) else { return "" }
        lastNumber += 1
        return "weir_\(lastNumber)"
    }

    private static func isIndirect(_ text: String) -> Bool {
        let word = text.drop { !$0.isLetter }.prefix { $0.isLetter }
        return word.count <= 7 && ["fetch", "execute"].contains(word.lowercased())
    }

    /// Returns the statement with that text and makes it the most recently used. O(1)
    package mutating func find(_ text: String) -> PreparedStatement? {
        if newest >= 0, slots[newest].text == text { return slots[newest].statement }
        guard let place = places[text] else { return nil }
        unlink(place)
        linkAsNewest(place)
        return slots[place].statement
    }

    /// Caches a statement that the server has prepared; the unnamed statement is not cached.
    package mutating func insert(_ statement: PreparedStatement, for text: String) {
        guard !statement.name.isEmpty, capacity > 0 else { return }
        if let place = places[text] {
            evicted.append(slots[place].statement.name)
            slots[place].statement = statement
            unlink(place)
            linkAsNewest(place)
            return
        }
        let slot = Slot(text: text, statement: statement, newer: -1, older: -1)
        if places.count < capacity {
            slots.append(slot)
            places[text] = slots.count - 1
            linkAsNewest(slots.count - 1)
        } else {
            let place = oldest
            evicted.append(slots[place].statement.name)
            places[slots[place].text] = nil
            unlink(place)
            slots[place] = slot
            places[text] = place
            linkAsNewest(place)
        }
    }

    /// Removes a statement that is no longer valid, and marks it to be closed on the server.
    package mutating func drop(_ text: String) {
        guard let place = places.removeValue(forKey: text) else { return }
        evicted.append(slots[place].statement.name)
        unlink(place)
        // The last slot fills the gap, so that all slots remain in use.
        let last = slots.count - 1
        if place != last {
            let moved = slots[last]
            slots[place] = moved
            places[moved.text] = place
            if moved.newer >= 0 { slots[moved.newer].older = place } else { newest = place }
            if moved.older >= 0 { slots[moved.older].newer = place } else { oldest = place }
        }
        slots.removeLast()
    }

    /// Removes all statements, because the server has already closed them.
    package mutating func clear() {
        (slots, places, evicted, newest, oldest) = ([], [:], [], -1, -1)
    }

    /// Marks a statement that was never cached to be closed on the server.
    package mutating func abandon(name: String) {
        if !name.isEmpty { evicted.append(name) }
    }

    /// Returns and removes the names to be closed.
    package mutating func takeEvicted() -> [String] {
        defer { evicted = [] }
        return evicted
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        slots[place].newer = -1
        slots[place].older = newest
        if newest >= 0 { slots[newest].newer = place } else { oldest = place }
        newest = place
    }
}
