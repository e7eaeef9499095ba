/// A growing array of slots with a free list: identifies elements by index and generation, without reference counting.
///
/// Public and inlinable although only this package uses it: otherwise it is not specialized for the daemon's
/// connections. As `package` it was called generically, 8 % of the daemon's own processor time (pgbench -S, 16
/// clients).
///
/// Elements are accessed in place. A slot's generation changes each time it is filled or emptied (odd while it holds an
/// element), so a stale identifier is distinguishable from a current one.
@safe public struct Slab<Element>: ~Copyable {
    // Unsafe memory, because an Array checks for uniqueness and exclusivity at every field access on the hot path.
    @usableFromInline var elements: UnsafeMutablePointer<Element>
    @usableFromInline var generations: UnsafeMutablePointer<UInt32>
    @usableFromInline var capacity: Int
    @usableFromInline var used = 0
    @usableFromInline var free: [UInt32] = []

    @usableFromInline var live = 0

    /// The number of slots that hold an element.
    @inlinable public var count: Int { live }

    /// Creates an empty slab with room for `capacity` elements.
    @inlinable public init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
        unsafe elements = .allocate(capacity: self.capacity)
        unsafe generations = .allocate(capacity: self.capacity)
    }

    @inlinable deinit {
        for index in 0..<used where isLive(index) { unsafe (elements + index).deinitialize(count: 1) }
        unsafe elements.deallocate()
        unsafe generations.deallocate()
    }

    /// The number of slots ever used; every live index is below it.
    @inlinable public var endIndex: Int { used }

    /// Whether the slot still holds the element that it held at this generation.
    @inlinable public func isLive(_ index: UInt32, _ generation: UInt32) -> Bool {
        Int(index) < used && generation & 1 == 1 && (unsafe generations[Int(index)]) == generation
    }

    /// Whether the slot holds an element.
    @inlinable public func isLive(_ index: Int) -> Bool { index < used && (unsafe generations[index]) & 1 == 1 }

    /// The current generation of a slot that has been used.
    @inlinable public func generation(of index: UInt32) -> UInt32 {
        precondition(Int(index) < used)
        return unsafe generations[Int(index)]
    }

    /// The element in a live slot.
    @inlinable public subscript(index: UInt32) -> Element {
        unsafeAddress {
            precondition(isLive(Int(index)))
            return unsafe UnsafePointer(elements + Int(index))
        }
        unsafeMutableAddress {
            precondition(isLive(Int(index)))
            return unsafe elements + Int(index)
        }
    }

    /// Where the element of a living slot is until the next insertion; for wrappers that name slots by a type of their own.
    @inlinable public func address(of index: UInt32) -> UnsafeMutablePointer<Element> {
        precondition(isLive(Int(index)))
        return unsafe elements + Int(index)
    }

    /// Puts an element into a free slot. Amortized O(1).
    @inlinable public mutating func insert(_ element: Element) -> UInt32 {
        live += 1
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

    /// Empties a live slot and returns its element.
    @discardableResult
    @inlinable public mutating func remove(_ index: UInt32) -> Element {
        precondition(isLive(Int(index)))
        unsafe generations[Int(index)] &+= 1
        free.append(index)
        live -= 1
        return unsafe (elements + Int(index)).move()
    }

    @usableFromInline mutating func grow() {
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
