import Foundation

/// Why a file cannot be loaded.
struct UnusableFile: Error, CustomStringConvertible {
    let description: String
}

/// Reads a file piece by piece.
final class PieceReader {
    /// Bytes in the file; 0 if it does not say, as pipes do not.
    let size: Int
    /// Bytes read so far.
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

    /// The next piece, `nil` at the end.
    func next() throws -> [UInt8]? {
        if !held.isEmpty {
            defer { held = [] }
            return held
        }
        guard let data = try handle.read(upToCount: 256 * 1024), !data.isEmpty else { return nil }
        position += data.count
        return Array(data)
    }

    /// The names of the columns, which the first line holds; names in quotes may hold anything but line ends. The line will
    /// be read again, so that PostgreSQL counts lines as the file has them.
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
