// What a connection needs to lay messages around values.

extension PostgresWriter {
    /// Appends a message: its type, a length word that counts itself, and what `body` writes.
    ///
    /// What was appended is taken back if `body` throws. A length above 2³¹−1 is written as 2³¹−1.
    package mutating func message<E: Error>(
        _ type: UInt8, _ body: (inout PostgresWriter) throws(E) -> Void
    ) throws(E) {
        let start = storage.count
        storage.append(type)
        write(Int32(0))
        do throws(E) {
            try body(&self)
        } catch {
            truncate(to: start)
            throw error
        }
        patch(Int32(clamping: storage.count - start - 1), at: start + 1)
    }

    /// Takes back everything behind the first `count` bytes.
    package mutating func removeAll(behind count: Int) { truncate(to: Swift.min(count, storage.count)) }

    /// Appends text and a zero byte.
    package mutating func writeZeroTerminated(_ text: String) {
        write(text)
        storage.append(0)
    }
}
