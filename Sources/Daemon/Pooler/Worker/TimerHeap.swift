import Collections
import HeapModule
import MonotonicTime

/// Deadlines of a worker's connections of one kind.
///
/// A deadline that moves back is not touched: the entry fires early, is compared with the real deadline and put back.
/// So a busy client costs one heap operation per time-out, not per query.
struct TimerHeap<Element> {
    private struct Entry: Comparable {
        let deadline: Instant
        let slot: Slot<Element>
        let generation: UInt32

        static func < (left: Entry, right: Entry) -> Bool { left.deadline < right.deadline }
    }

    private var heap = Heap<Entry>()

    var next: Instant? { heap.min?.deadline }

    /// O(log n)
    mutating func add(_ deadline: Instant, slot: Slot<Element>, generation: UInt32) {
        heap.insert(Entry(deadline: deadline, slot: slot, generation: generation))
    }

    /// Removes one entry that is due. O(log n)
    mutating func popDue(at now: Instant) -> (slot: Slot<Element>, generation: UInt32)? {
        guard let first = heap.min, first.deadline <= now else { return nil }
        heap.removeMin()
        return (first.slot, first.generation)
    }
}
