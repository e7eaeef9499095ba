/// Identifies the operation of a kernel completion: its kind, the slot, and the slot's generation.
///
/// The kernel returns it as `user_data`. Completions of closed sockets are recognized by their generation.
struct OperationTag: RawRepresentable {
    let rawValue: UInt64

    enum Kind: UInt64 {
        /// A cancellation; only its failure is reported, and means that there was nothing left to cancel.
        case cancel
        case receive
        /// Receiving into large buffers.
        case receiveBulk
        case send
        case poll
        case accept
        case wake
        case alarm
    }

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ kind: Kind, index: UInt32 = 0, generation: UInt32 = 0) {
        rawValue = UInt64(generation) << 32 | UInt64(index) << 3 | kind.rawValue
    }

    var kind: Kind { Kind(rawValue: rawValue & 7) ?? .cancel }
    /// Slots stay below 2^29.
    var index: UInt32 { UInt32(truncatingIfNeeded: rawValue) >> 3 }
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
