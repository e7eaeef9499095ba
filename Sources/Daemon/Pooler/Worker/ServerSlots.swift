import PoolCore

/// Finds a worker's server by its ID without hashing: the ID carries a dense number of its own.
struct ServerSlots {
    private var slots: [(id: UInt64, slot: UInt32)] = []

    /// No server has this number.
    private static let none: (id: UInt64, slot: UInt32) = (0, .max)

    subscript(id: ServerID) -> UInt32? {
        get {
            let index = Int(id.slot)
            guard index < slots.count, slots[index].id == id.rawValue, slots[index].slot != .max else { return nil }
            return slots[index].slot
        }
        set {
            let index = Int(id.slot)
            while slots.count <= index { slots.append(Self.none) }
            if let newValue {
                slots[index] = (id.rawValue, newValue)
            } else if slots[index].id == id.rawValue {
                slots[index] = Self.none
            }
        }
    }
}
