/// A growing array of slots with a free list: names things by index and generation, without reference counting.
///
/// Elements are reached in place. A slot's generation changes each time it is filled or emptied (odd while it holds an
/// element), so a stale name can be told from a living one.
@safe package struct Slab<Element>: ~Copyable {
    // Unsafe memory because an Array would check for uniqueness and exclusivity at every field access of the hot path.
    private var elements: UnsafeMutablePointer<Element>
    private var generations: UnsafeMutablePointer<UInt32>
    private var capacity: Int
    private var used = 0
    private var free: [UInt32] = []

    /// How many slots hold an element.
    package private(set) var count = 0

    package init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
        unsafe elements = .allocate(capacity: self.capacity)
        unsafe generations = .allocate(capacity: self.capacity)
    }

    deinit {
        for index in 0..<used where isLive(index) { unsafe (elements + index).deinitialize(count: 1) }
        unsafe elements.deallocate()
        unsafe generations.deallocate()
    }

    /// Slots ever used; every living index is below it.
    package var endIndex: Int { used }

    package func isLive(_ index: UInt32, _ generation: UInt32) -> Bool {
        Int(index) < used && generation & 1 == 1 && (unsafe generations[Int(index)]) == generation
    }

    package func isLive(_ index: Int) -> Bool { index < used && (unsafe generations[index]) & 1 == 1 }

    package func generation(of index: UInt32) -> UInt32 {
        precondition(Int(index) < used)
        return unsafe generations[Int(index)]
    }

    /// The element in a living slot.
    package subscript(index: UInt32) -> Element {
        unsafeAddress {
            precondition(isLive(Int(index)))
            return unsafe UnsafePointer(elements + Int(index))
        }
        unsafeMutableAddress {
            precondition(isLive(Int(index)))
            return unsafe elements + Int(index)
        }
    }

    /// Puts an element into a free slot. Amortised O(1).
    package mutating func insert(_ element: Element) -> UInt32 {
        count += 1
        let index: Int
        if let reused = free.popLast() {
            index = Int(reused)
            unsafe generations[index] &+= 1
        } else {
            if used == capacity { grow() }
            index = used
            unsafe (generations + index).initialize(to: 1)
            used += 1
        }
        unsafe (elements + index).initialize(to: element)
        return UInt32(index)
    }

    /// Empties a living slot and returns what was in it.
    @discardableResult
    package mutating func remove(_ index: UInt32) -> Element {
        precondition(isLive(Int(index)))
        unsafe generations[Int(index)] &+= 1
        free.append(index)
        count -= 1
        return unsafe (elements + Int(index)).move()
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        let largerGenerations = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2)
        for index in 0..<used where isLive(index) {
            unsafe (larger + index).moveInitialize(from: elements + index, count: 1)
        }
        unsafe largerGenerations.moveInitialize(from: generations, count: used)
        unsafe elements.deallocate()
        unsafe generations.deallocate()
        unsafe elements = unsafe larger
        unsafe generations = unsafe largerGenerations
        capacity *= 2
    }
}
