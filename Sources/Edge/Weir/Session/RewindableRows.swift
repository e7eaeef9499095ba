/// Rows that are read once, of which the first can be had again.
struct RewindableRows<Source: IteratorProtocol> {
    /// Whether what is read from now on can be had again. What was kept before is given once more, if it was gone back.
    var isKeeping = false
    private var source: Source
    private var kept: [Source.Element] = []
    // Kept rows before it have been given since the beginning or the last rewind().
    private var position = 0

    init(_ source: Source) { self.source = source }

    mutating func next() -> Source.Element? {
        if position < kept.count {
            position += 1
            return kept[position - 1]
        }
        if !isKeeping { (kept, position) = ([], 0) }
        let row = source.next()
        if isKeeping, let row {
            kept.append(row)
            position += 1
        }
        return row
    }

    /// Goes back to the first that was kept.
    mutating func rewind() { position = 0 }
}
