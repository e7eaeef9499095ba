import MonotonicTime

/// The future events on the virtual clock, soonest first; events at one instant keep the order in which they were
/// added.
struct EventQueue {
    struct Event {
        let time: Instant
        let order: UInt64
        /// Whether this is only a time limit, which does not keep the network from being quiet.
        let isBackground: Bool
        let action: () -> Void

        static func < (left: Event, right: Event) -> Bool {
            left.time == right.time ? left.order < right.order : left.time < right.time
        }
    }

    /// A binary heap.
    private var events: [Event] = []
    private var order: UInt64 = 0
    private(set) var foregroundCount = 0

    var soonest: Instant? { events.first?.time }

    /// O(log n).
    mutating func add(at time: Instant, isBackground: Bool = false, _ action: @escaping () -> Void) {
        order += 1
        if !isBackground { foregroundCount += 1 }
        events.append(Event(time: time, order: order, isBackground: isBackground, action: action))
        var child = events.count - 1
        while child > 0, events[child] < events[(child - 1) / 2] {
            events.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes the soonest event. O(log n).
    mutating func removeSoonest() -> Event? {
        guard let last = events.popLast() else { return nil }
        guard let soonest = events.first else {
            if !last.isBackground { foregroundCount -= 1 }
            return last
        }
        events[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < events.count && events[child] < events[least] {
                least = child
            }
            if least == parent { break }
            events.swapAt(parent, least)
            parent = least
        }
        if !soonest.isBackground { foregroundCount -= 1 }
        return soonest
    }
}
