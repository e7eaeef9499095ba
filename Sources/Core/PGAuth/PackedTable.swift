/// Reads one of the generated tables: LEB128 numbers in base64.
///
/// It reads generated text only, never a peer's; a truncated table reads as zeros.
struct PackedTable {
    private var bytes: ArraySlice<UInt8>

    init(_ text: String) {
        bytes = (Base64.decode(Array(text.utf8)) ?? [])[...]
    }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func number() -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while let byte = bytes.popFirst() {
            value |= UInt32(byte & 0x7F) << shift
            guard byte >= 0x80 else { break }
            shift += 7
        }
        return value
    }

    /// Reads a number whose sign is its lowest bit.
    mutating func signed() -> Int32 {
        let word = number()
        return Int32(bitPattern: word >> 1) ^ -Int32(word & 1)
    }
}

/// A set of Unicode scalars, stored as sorted runs.
struct ScalarRanges: Sendable {
    private var edges: [UInt32] = []  // first of a run, first after it, first of the next, …

    init(packed text: String) {
        var table = PackedTable(text)
        var end: UInt32 = 0
        while !table.isAtEnd {
            let start = end + table.number()
            end = start + table.number()
            edges += [start, end]
        }
    }

    /// - Complexity: O(log *runs*)
    func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        return !low.isMultiple(of: 2)  // an odd number of edges at or before it: inside a run
    }
}
