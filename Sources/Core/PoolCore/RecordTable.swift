/// Records named by their slot; the slot of a removed record is used again.
struct RecordTable<Record: Sendable>: Sendable {
    private var records: ContiguousArray<Record> = []
    private var free: ContiguousArray<Int32> = []

    /// Slots in use or used before; link tables need as many.
    var capacity: Int { records.count }
    var count: Int { records.count - free.count }

    subscript(slot: Int32) -> Record {
        _read { yield records[Int(slot)] }
        _modify { yield &records[Int(slot)] }
    }

    mutating func insert(_ record: Record) -> Int32 {
        if let slot = free.popLast() {
            records[Int(slot)] = record
            return slot
        }
        records.append(record)
        return Int32(records.count - 1)
    }

    /// The record stays readable until its slot is used again, so the record itself must say that it is gone.
    mutating func remove(_ slot: Int32) { free.append(slot) }

    func contains(slot: Int32) -> Bool { slot >= 0 && slot < records.count }
}
