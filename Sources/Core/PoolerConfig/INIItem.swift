/// One thing an ini file says, with its place.
package struct INIItem: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// `[name]`
        case section(String)
        /// `key = value`. The value stays bytes, because a password in it may be in any encoding.
        case entry(key: String, value: [UInt8])
    }

    package var content: Content
    package var file: String
    /// From 1.
    package var line: Int

    package init(_ content: Content, file: String, line: Int) {
        (self.content, self.file, self.line) = (content, file, line)
    }
}
