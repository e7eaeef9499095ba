/// The shared statements that one server has prepared, least recently used first.
///
/// As in ``ClientStatements``, a change counts from the moment at which its message is sent, and is confirmed or undone
/// by the server's answer.
package struct ServerStatements: Sendable {
    struct Entry: Sendable {
        let statement: SharedStatement
        /// False when Close has been sent, or Parse has failed, and this is not confirmed yet.
        fileprivate(set) var isPrepared = false
        fileprivate(set) var unconfirmed: Int32 = 0
        fileprivate(set) var segment: UInt32 = 0
        /// The segment in which it was used last.
        fileprivate(set) var lastUse: UInt32 = 0
        /// The statement's revision when it was prepared.
        fileprivate(set) var revision: UInt32 = 0
        fileprivate var newer: Int32 = ServerStatements.none
        fileprivate var older: Int32 = ServerStatements.none
    }

    private static let none: Int32 = -1

    private var entries: [Entry?] = []
    private var free: [Int32] = []
    private var indices: [UInt64: Int32] = [:]
    private var newest = Self.none
    private var oldest = Self.none
    /// How many are prepared.
    package private(set) var count = 0
    /// The bytes of their texts.
    private(set) var size = 0

    package init() {}

    subscript(index: Int32) -> Entry? { entries[Int(index)] }

    func find(_ statement: SharedStatement) -> Int32? { indices[statement.number] }

    /// Whether its plans are those of the statement's present revision.
    func isCurrent(_ index: Int32) -> Bool {
        guard let entry = entries[Int(index)] else { return false }
        return entry.revision == entry.statement.revision
    }

    /// The statement is used in this segment. O(1)
    mutating func use(_ index: Int32, segment: UInt32) {
        entries[Int(index)]?.lastUse = segment
        guard newest != index else { return }
        unlink(index)
        link(index)
    }

    /// Parse of the statement has been sent.
    mutating func prepare(_ statement: SharedStatement, segment: UInt32) -> Int32 {
        let index = indices[statement.number] ?? insert(statement)
        setPrepared(index, true)
        entries[Int(index)]?.unconfirmed += 1
        entries[Int(index)]?.segment = segment
        entries[Int(index)]?.lastUse = segment
        entries[Int(index)]?.revision = statement.revision
        return index
    }

    /// Close of the statement has been sent.
    mutating func close(_ index: Int32, segment: UInt32) {
        setPrepared(index, false)
        entries[Int(index)]?.unconfirmed += 1
        entries[Int(index)]?.segment = segment
    }

    /// The statement to close before another is prepared, if there are as many as may be: the one that was used longest
    /// ago. One of which a change is not confirmed stays, unless that change belongs to the same segment.
    ///
    /// - Parameter limit: how many may be prepared.
    func surplus(limit: Int, sizeLimit: Int, segment: UInt32) -> Int32? {
        guard count >= limit || size > sizeLimit else { return nil }
        var index = oldest
        while index != Self.none, let entry = entries[Int(index)] {
            if entry.unconfirmed == 0 || entry.segment == segment { return index }
            index = entry.newer
        }
        return nil
    }

    mutating func confirm(_ index: Int32) {
        entries[Int(index)]?.unconfirmed -= 1
        removeUnused(index)
    }

    mutating func undoPrepare(_ index: Int32) {
        setPrepared(index, false)
        confirm(index)
    }

    mutating func undoClose(_ index: Int32) {
        setPrepared(index, true)
        confirm(index)
    }

    /// The server has dropped all of its statements; those whose change is not confirmed came after that.
    package mutating func removeAll() {
        for index in entries.indices where entries[index]?.unconfirmed == 0 {
            setPrepared(Int32(index), false)
            removeUnused(Int32(index))
        }
    }

    /// Has the statements that were used in a segment prepared again everywhere: one of their plans has become
    /// unusable.
    package func invalidate(usedIn segment: UInt32) {
        for case let entry? in entries where entry.lastUse == segment && entry.isPrepared {
            entry.statement.invalidatePlans()
        }
    }

    private mutating func setPrepared(_ index: Int32, _ isPrepared: Bool) {
        guard let entry = entries[Int(index)], entry.isPrepared != isPrepared else { return }
        entries[Int(index)]?.isPrepared = isPrepared
        count += isPrepared ? 1 : -1
        size += isPrepared ? entry.statement.body.count : -entry.statement.body.count
        if isPrepared { link(index) } else { unlink(index) }
    }

    private mutating func insert(_ statement: SharedStatement) -> Int32 {
        let entry = Entry(statement: statement)
        let index: Int32
        if let reused = free.popLast() {
            index = reused
            entries[Int(index)] = entry
        } else {
            index = Int32(entries.count)
            entries.append(entry)
        }
        indices[statement.number] = index
        return index
    }

    private mutating func removeUnused(_ index: Int32) {
        guard let entry = entries[Int(index)], !entry.isPrepared, entry.unconfirmed == 0 else { return }
        indices[entry.statement.number] = nil
        entries[Int(index)] = nil
        free.append(index)
    }

    // MARK: - Order of use

    private mutating func link(_ index: Int32) {
        entries[Int(index)]?.older = newest
        entries[Int(index)]?.newer = Self.none
        if newest == Self.none { oldest = index } else { entries[Int(newest)]?.newer = index }
        newest = index
    }

    private mutating func unlink(_ index: Int32) {
        guard let entry = entries[Int(index)] else { return }
        if entry.older == Self.none { oldest = entry.newer } else { entries[Int(entry.older)]?.newer = entry.newer }
        if entry.newer == Self.none { newest = entry.older } else { entries[Int(entry.newer)]?.older = entry.older }
    }
}
