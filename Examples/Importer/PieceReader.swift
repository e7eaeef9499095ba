import Foundation

/// The reason why a file cannot be loaded.
struct UnusableFile: Error, CustomStringConvertible {
    let description: String
}

/// Reads a file in pieces.
final class PieceReader {
    /// The size of the file in bytes; 0 if it is unknown, as for pipes.
    let size: Int
    /// The number of bytes read so far.
    private(set) var position = 0
    private let handle: FileHandle
    private var held: [UInt8] = []

    init(path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw UnusableFile(description: "\(path) cannot be read")
        }
        self.handle = handle
        size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    /// Returns the next piece; `nil` at the end.
    func next() throws -> [UInt8]? {
        if !held.isEmpty {
            defer { held = [] }
            return held
        }
        guard let data = try handle.read(upToCount: 256 * 1024), !data.isEmpty else { return nil }
        position += data.count
        return Array(data)
    }

    /// Returns the names of the columns from the first line; quoted names may contain anything but line ends. The line
    /// is read again later, so that PostgreSQL's line numbers match the file.
    func header() throws -> [String] {
        guard var piece = try next() else { throw UnusableFile(description: "the file is empty") }
        while !piece.contains(UInt8(ascii: "\n")), let more = try next() { piece += more }
        let end = piece.firstIndex(of: UInt8(ascii: "\n")) ?? piece.endIndex
        held = piece
        let line = String(decoding: piece[..<end], as: UTF8.self)
        return Self.fields(line.hasSuffix("\r") ? String(line.dropLast()) : line)
    }

    private static func fields(_ line: String) -> [String] {
        var fields = [""], isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
