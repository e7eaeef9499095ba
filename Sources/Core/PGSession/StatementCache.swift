/// The statements that a server holds for us, by their text; the one used longest ago makes room.
///
/// Names are never used twice, so that a statement that is still on its way to being closed cannot be meant.
package struct StatementCache: Sendable {
    /// Texts longer than this, in bytes, are not kept. asyncpg's limit is 15 KiB as well.
    package static let longestText = 15 * 1024

    /// How many are kept; 0 for none.
    package let capacity: Int
    private var slots: [Slot] = []
    private var places: [String: Int] = [:]
    // A ring through the slots, from the one used last to the one used longest ago.
    private var newest = -1
    private var oldest = -1
    private var lastNumber = 0
    /// Names that the server still holds and nobody needs: to be closed with the next write.
    package private(set) var superfluous: [String] = []

    private struct Slot: Sendable {
        var text: String
        var statement: PreparedStatement
        var newer: Int
        var older: Int
    }

    package init(capacity: Int) { self.capacity = max(0, capacity) }

    package var count: Int { places.count }

    /// A name for a new statement; empty if it will not be kept.
    ///
    /// `FETCH` and `EXECUTE` are not: what they return depends on a cursor or a statement that may be another next time,
    /// and the server does not say so.
    package mutating func newName(for text: String) -> String {
        guard capacity > 0, text.utf8.count <= Self.longestText, !Self.isIndirect(text) else { return "" }
        lastNumber += 1
        return "weir_\(lastNumber)"
    }

    private static func isIndirect(_ text: String) -> Bool {
        let word = text.drop { !$0.isLetter }.prefix { $0.isLetter }
        return word.count <= 7 && ["fetch", "execute"].contains(word.lowercased())
    }

    /// The statement of that text, which is then the one used last.
    ///
    /// O(1).
    package mutating func find(_ text: String) -> PreparedStatement? {
        if newest >= 0, slots[newest].text == text { return slots[newest].statement }
        guard let place = places[text] else { return nil }
        unlink(place)
        linkAsNewest(place)
        return slots[place].statement
    }

    /// Keeps a statement that the server holds; the one without a name is not kept.
    package mutating func insert(_ statement: PreparedStatement, for text: String) {
        guard !statement.name.isEmpty, capacity > 0 else { return }
        if let place = places[text] {
            superfluous.append(slots[place].statement.name)
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
            superfluous.append(slots[place].statement.name)
            places[slots[place].text] = nil
            unlink(place)
            slots[place] = slot
            places[text] = place
            linkAsNewest(place)
        }
    }

    /// Forgets a statement that is of no use, and has the server forget it.
    package mutating func drop(_ text: String) {
        guard let place = places.removeValue(forKey: text) else { return }
        superfluous.append(slots[place].statement.name)
        unlink(place)
        // The last slot fills the gap, so that all slots are in use.
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

    /// Forgets everything: the server already has.
    package mutating func clear() {
        (slots, places, superfluous, newest, oldest) = ([], [:], [], -1, -1)
    }

    /// Has the server forget a statement that never came to be kept.
    package mutating func abandon(name: String) {
        if !name.isEmpty { superfluous.append(name) }
    }

    /// Hands over the names to be closed.
    package mutating func takeSuperfluous() -> [String] {
        defer { superfluous = [] }
        return superfluous
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
