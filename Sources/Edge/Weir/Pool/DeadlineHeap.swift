import HeapModule
import MonotonicTime

/// Things that fall due, the earliest first. What is not of interest any more is dropped when its time has come, or when
/// it is most of what is there.
struct DeadlineHeap<Name: Sendable>: Sendable {
    private struct Item: Comparable, Sendable {
        var at: Instant
        /// Of two with the same deadline, the one that came first is the first.
        var order: UInt64
        var name: Name

        static func == (left: Self, right: Self) -> Bool { left.order == right.order }
        static func < (left: Self, right: Self) -> Bool { (left.at, left.order) < (right.at, right.order) }
    }

    private var items = Heap<Item>()
    private var lastOrder: UInt64 = 0

    /// When the next thing falls due, or never. O(1)
    var next: Instant { items.min?.at ?? .never }

    /// Adds a thing. `living` is how many things are of interest; O(log n), and O(n) now and then.
    mutating func insert(_ name: Name, at instant: Instant, living: Int, isLiving: (Name) -> Bool) {
        if items.count > 2 * living + 64 { items = Heap(items.unordered.filter { isLiving($0.name) }) }
        lastOrder += 1
        items.insert(Item(at: instant, order: lastOrder, name: name))
    }

    /// Takes out a thing that is due.
    mutating func popDue(at now: Instant) -> Name? {
        guard let first = items.min, first.at <= now else { return nil }
        return items.removeMin().name
    }
}
