/// The prepared statements of one client, by the names that it has given them.
///
/// A change counts from the moment at which its message is forwarded, is confirmed when the server's answer shows that
/// the message was not skipped after an error, and is undone otherwise; see ``AnswerLedger``.
package struct ClientStatements: Sendable {
    package struct Entry: Sendable {
        let name: [UInt8]
        fileprivate let hash: Int
        /// `nil` when it has been closed, or was never successfully prepared, and this is not confirmed yet.
        package fileprivate(set) var statement: SharedStatement?
        /// Changes of it that are not confirmed, all of one segment.
        fileprivate(set) var unconfirmed: Int32 = 0
        fileprivate(set) var segment: UInt32 = 0
        /// The next entry with the same remainder of its hash.
        fileprivate var next: Int32 = Self.none

        fileprivate static let none: Int32 = -1
    }

    /// One change of what a name stands for.
    package struct Change: Sendable {
        let entry: Int32
        /// What the name stood for before.
        let previous: SharedStatement?
    }

    private var entries: [Entry?] = []
    private var free: [Int32] = []
    private var buckets: [Int32] = []
    /// The names that stand for a statement.
    package private(set) var count = 0
    /// What names and statements take in memory, about: the statements are counted for each of their names.
    package private(set) var size = 0

    /// What one takes besides its name and text.
    private static let overhead = 256

    package init() {}

    package subscript(index: Int32) -> Entry? { entries[Int(index)] }

    /// Finds the entry of a name. O(length of the name).
    package func find(_ name: RawSpan) -> Int32? {
        guard !buckets.isEmpty else { return nil }
        let hash = Self.hash(name)
        var index = buckets[hash & (buckets.count - 1)]
        while index != Entry.none, let entry = entries[Int(index)] {
            if entry.hash == hash, Self.equals(entry.name, name) { return index }
            index = entry.next
        }
        return nil
    }

    /// Gives a name to a statement, or with `nil` takes it away.
    ///
    package mutating func set(_ name: RawSpan, to statement: SharedStatement?, segment: UInt32) -> Change {
        let index = find(name) ?? insert(name)
        let previous = entries[Int(index)]?.statement
        replace(index, by: statement)
        entries[Int(index)]?.unconfirmed += 1
        entries[Int(index)]?.segment = segment
        return Change(entry: index, previous: previous)
    }

    /// A change has happened.
    package mutating func confirm(_ change: Change) {
        entries[Int(change.entry)]?.unconfirmed -= 1
        removeUnused(change.entry)
    }

    /// A change has not happened. Later changes of the same name must have been undone.
    package mutating func undo(_ change: Change) {
        replace(change.entry, by: change.previous)
        confirm(change)
    }

    /// Forgets all statements, after DEALLOCATE ALL and DISCARD ALL; those whose change is not confirmed came after it.
    package mutating func removeAll() {
        for index in entries.indices where entries[index]?.unconfirmed == 0 {
            replace(Int32(index), by: nil)
            removeUnused(Int32(index))
        }
    }

    private mutating func replace(_ index: Int32, by statement: SharedStatement?) {
        guard let entry = entries[Int(index)] else { return }
        if let old = entry.statement {
            count -= 1
            size -= Self.size(entry.name.count, old)
        }
        if let statement {
            count += 1
            size += Self.size(entry.name.count, statement)
        }
        entries[Int(index)]?.statement = statement
    }

    static func size(_ nameLength: Int, _ statement: SharedStatement) -> Int {
        nameLength + statement.body.count + overhead
    }

    // MARK: - The table

    private mutating func insert(_ name: RawSpan) -> Int32 {
        let used = entries.count - free.count
        if used >= buckets.count { grow() }
        let hash = Self.hash(name)
        let bucket = hash & (buckets.count - 1)
        var entry = Entry(name: unsafe name.withUnsafeBytes { unsafe Array($0) }, hash: hash)
        entry.next = buckets[bucket]
        let index: Int32
        if let reused = free.popLast() {
            index = reused
            entries[Int(index)] = entry
        } else {
            index = Int32(entries.count)
            entries.append(entry)
        }
        buckets[bucket] = index
        return index
    }

    private mutating func removeUnused(_ index: Int32) {
        guard let entry = entries[Int(index)], entry.statement == nil, entry.unconfirmed == 0 else { return }
        let bucket = entry.hash & (buckets.count - 1)
        if buckets[bucket] == index {
            buckets[bucket] = entry.next
        } else {
            var before = buckets[bucket]
            while before != Entry.none, let other = entries[Int(before)], other.next != index { before = other.next }
            if before != Entry.none { entries[Int(before)]?.next = entry.next }
        }
        entries[Int(index)] = nil
        free.append(index)
    }

    private mutating func grow() {
        buckets = Array(repeating: Entry.none, count: max(8, buckets.count * 2))
        for (index, entry) in entries.enumerated() {
            guard let entry else { continue }
            let bucket = entry.hash & (buckets.count - 1)
            entries[index]?.next = buckets[bucket]
            buckets[bucket] = Int32(index)
        }
    }

    private static func hash(_ name: RawSpan) -> Int {
        // Seeded by the process: clients choose the names.
        var hasher = Hasher()
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    private static func equals(_ left: [UInt8], _ right: RawSpan) -> Bool {
        guard left.count == right.byteCount else { return false }
        return unsafe right.withUnsafeBytes { unsafe left.elementsEqual($0) }
    }
}
