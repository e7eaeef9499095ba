// The message framing that a connection writes around values.

extension PostgresWriter {
    /// Appends a message: its type, a length word that counts itself, and the bytes that `body` writes.
    ///
    /// If `body` throws, everything appended is removed. A length above 2³¹−1 is written as 2³¹−1.
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

    /// Appends text and a zero byte.
    package mutating func writeZeroTerminated(_ text: String) {
        write(text)
        storage.append(0)
    }
}
