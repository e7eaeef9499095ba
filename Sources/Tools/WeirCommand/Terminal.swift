import Foundation
import Glibc

/// The two ways to speak to whoever started us. Nothing is held back in a buffer.
enum Terminal {
    static func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
    static func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    /// Writes without ending the line.
    static func show(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// Whether somebody watches the output.
    static var isWatched: Bool { isatty(1) == 1 }
}
