/// The ends of a doubly linked list whose links live in a ``LinkTable``.
struct IndexList: Sendable {
    var first: Int32 = -1
    var last: Int32 = -1
    var count = 0

    var isEmpty: Bool { first < 0 }
}

/// The links of any number of lists over the slots of one slab; a slot is in at most one list per table.
///
/// Everything is O(1) and, once the slab has its size, free of allocation.
struct LinkTable: Sendable {
    private struct Link: Sendable {
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    private var links: ContiguousArray<Link> = []

    /// Makes room for slots below `count`.
    mutating func grow(to count: Int) {
        while links.count < count { links.append(Link()) }
    }

    func next(after slot: Int32) -> Int32 { links[Int(slot)].next }
    func previous(before slot: Int32) -> Int32 { links[Int(slot)].previous }

    mutating func append(_ slot: Int32, to list: inout IndexList) {
        links[Int(slot)] = Link(previous: list.last, next: -1)
        if list.last >= 0 { links[Int(list.last)].next = slot } else { list.first = slot }
        list.last = slot
        list.count &+= 1
    }

    mutating func prepend(_ slot: Int32, to list: inout IndexList) {
        links[Int(slot)] = Link(previous: -1, next: list.first)
        if list.first >= 0 { links[Int(list.first)].previous = slot } else { list.last = slot }
        list.first = slot
        list.count &+= 1
    }

    mutating func remove(_ slot: Int32, from list: inout IndexList) {
        let link = links[Int(slot)]
        if link.previous >= 0 { links[Int(link.previous)].next = link.next } else { list.first = link.next }
        if link.next >= 0 { links[Int(link.next)].previous = link.previous } else { list.last = link.previous }
        list.count &-= 1
    }
}
