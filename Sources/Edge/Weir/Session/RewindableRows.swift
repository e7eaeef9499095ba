/// Rows of a sequence that can be read once, the first of which are kept so that they can be encoded again.
@usableFromInline
struct RewindableRows<Source: IteratorProtocol> {
    @usableFromInline var source: Source
    @usableFromInline var kept: [Source.Element] = []
    /// The number of kept rows already returned since the beginning or the last rewind.
    @usableFromInline var position = 0

    @inlinable
    init(_ source: Source) { self.source = source }

    /// Returns the next row, from the kept rows or the source, as `bind` demands.
    @inlinable
    mutating func next(for bind: inout RepeatedBind) -> Source.Element? {
        if bind.startsOver { (position, bind.startsOver) = (0, false) }
        if position < kept.count {
            position += 1
            return kept[position - 1]
        }
        guard bind.keepsRows else {
            if position > 0 { (kept, position) = ([], 0) }
            return source.next()
        }
        guard let row = source.next() else { return nil }
        kept.append(row)
        position += 1
        return row
    }
}
