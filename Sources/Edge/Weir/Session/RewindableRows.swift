/// Rows that are read once, of which the first can be laid out again.
@usableFromInline
struct RewindableRows<Source: IteratorProtocol> {
    @usableFromInline var source: Source
    @usableFromInline var kept: [Source.Element] = []
    /// Kept rows before it have been given since the beginning or the last time it was gone back.
    @usableFromInline var position = 0

    @inlinable
    init(_ source: Source) { self.source = source }

    /// The next row, as the statement wants it: kept, or from the beginning again.
    @inlinable
    mutating func next(for bind: inout RepeatedBind) -> Source.Element? {
        if bind.beginsAgain { (position, bind.beginsAgain) = (0, false) }
        if position < kept.count {
            position += 1
            return kept[position - 1]
        }
        guard bind.isKept else {
            if position > 0 { (kept, position) = ([], 0) }
            return source.next()
        }
        guard let row = source.next() else { return nil }
        kept.append(row)
        position += 1
        return row
    }
}
