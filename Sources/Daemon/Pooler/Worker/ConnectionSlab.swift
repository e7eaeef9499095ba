import IOEngine

/// Names a place in a ``ConnectionSlab`` of these elements: a client's slot cannot be taken for a server's.
struct Slot<Element>: Hashable, BitwiseCopyable, Sendable {
    let index: UInt32

    @inline(__always)
    init(_ index: UInt32) { self.index = index }
}

/// The connections of one kind that a worker keeps: a ``Slab`` whose slots have a type of their own.
struct ConnectionSlab<Element>: ~Copyable {
    private var slab: Slab<Element>

    /// Makes an empty slab with room for `capacity` elements.
    init(capacity: Int = 64) { slab = Slab(capacity: capacity) }

    /// How many slots hold an element.
    var count: Int { slab.count }

    /// How many slots have ever been used.
    var slotCount: Int { slab.endIndex }

    /// Every slot that has ever been used. Ask ``isLive(_:)`` for each, also after a change made while iterating.
    var allSlots: some Sequence<Slot<Element>> { (0..<UInt32(slab.endIndex)).lazy.map { Slot($0) } }

    /// Whether the slot still holds the element that it held when it had this generation.
    @inline(__always)
    func isLive(_ slot: Slot<Element>, _ generation: UInt32) -> Bool { slab.isLive(slot.index, generation) }

    /// Whether the slot holds an element.
    @inline(__always)
    func isLive(_ slot: Slot<Element>) -> Bool { slab.isLive(Int(slot.index)) }

    /// The present generation of a slot that has been used.
    @inline(__always)
    func generation(of slot: Slot<Element>) -> UInt32 { slab.generation(of: slot.index) }

    /// The element in a living slot.
    subscript(slot: Slot<Element>) -> Element {
        // Addresses, because the compiler copies what a coroutine yields, and counts its references.
        @inline(__always) unsafeAddress { unsafe UnsafePointer(slab.address(of: slot.index)) }
        @inline(__always) unsafeMutableAddress { unsafe slab.address(of: slot.index) }
    }

    /// Puts an element into a free slot. Amortised O(1).
    @inline(__always)
    mutating func insert(_ element: Element) -> Slot<Element> { Slot(slab.insert(element)) }

    /// Empties a living slot and returns the element that was in it.
    @discardableResult
    @inline(__always)
    mutating func remove(_ slot: Slot<Element>) -> Element { slab.remove(slot.index) }
}
