import HeapModule
import MonotonicTime

/// Deadlines, the earliest first. Entries that are no longer needed are removed when they fall due, or when they make
/// up most of the heap.
struct DeadlineHeap<Name: Sendable>: Sendable {
    private struct Item: Comparable, Sendable {
        var at: Instant
        /// Entries with the same deadline are ordered by their insertion.
        var order: UInt64
        var name: Name

        static func == (left: Self, right: Self) -> Bool { left.order == right.order }
        static func < (left: Self, right: Self) -> Bool { (left.at, left.order) < (right.at, right.order) }
    }

    private var items = Heap<Item>()
    private var lastOrder: UInt64 = 0

    /// The earliest deadline, or never. O(1)
    var next: Instant { items.min?.at ?? .never }

    /// Adds an entry. `liveCount` is the number of entries still needed; O(log n), and occasionally O(n).
    mutating func insert(_ name: Name, at instant: Instant, liveCount: Int, isLive: (Name) -> Bool) {
        if items.count > 2 * liveCount + 64 { items = Heap(items.unordered.filter { isLive($0.name) }) }
        lastOrder += 1
        items.insert(Item(at: instant, order: lastOrder, name: name))
    }

    /// Removes and returns an entry that is due.
    mutating func popDue(at now: Instant) -> Name? {
        guard let first = items.min, first.at <= now else { return nil }
        return items.removeMin().name
    }
}
