import PoolCore

/// Finds a worker's server by its ID without hashing: the ID carries a dense number of its own.
struct ServerSlots {
    private var slots: [(id: UInt64, slot: Slot<Server>?)] = []

    /// No server has this number.
    private static let none: (id: UInt64, slot: Slot<Server>?) = (0, nil)

    subscript(id: ServerID) -> Slot<Server>? {
        get {
            let index = Int(id.slot)
            guard index < slots.count, slots[index].id == id.rawValue else { return nil }
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
