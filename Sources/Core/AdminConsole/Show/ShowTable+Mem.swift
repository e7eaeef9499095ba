/// One kind of object that is allocated in bulk, for SHOW MEM.
package struct MemRow: Hashable, Sendable {
    package var name: String
    /// Of one object, in bytes.
    package var size: Int
    package var used: Int
    package var free: Int

    package init(name: String, size: Int, used: Int, free: Int) {
        self.name = name
        self.size = size
        self.used = used
        self.free = free
    }
}

extension ShowTable {
    /// SHOW MEM.
    package static func mem(_ rows: [MemRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "name") + columns(.int4, "size", "used", "free", "memtotal"),
            rows: rows.map { row in
                let total = (row.used &+ row.free) &* row.size
                return [row.name, "\(row.size)", "\(row.used)", "\(row.free)", "\(total)"]
            })
    }
}
