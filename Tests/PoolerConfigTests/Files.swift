import PoolerConfig

/// A file that is not there, in the words of the system.
struct NoSuchFile: Error, CustomStringConvertible {
    var description: String { "No such file or directory" }
}

/// Files that exist only in a test.
struct Files {
    var contents: [String: String]

    func read(_ path: String) throws -> [UInt8] {
        guard let text = contents[path] else { throw NoSuchFile() }
        return Array(text.utf8)
    }
}

/// Loads `text` as the file `t.ini`.
func load(_ text: String) throws(ConfigError) -> PoolerConfiguration {
    try PoolerConfiguration.load(path: "t.ini", reading: Files(contents: ["t.ini": text]).read)
}

/// The messages with which loading `text` fails; empty when it does not.
func messages(loading text: String) -> [String] {
    do throws(ConfigError) {
        _ = try load(text)
        return []
    } catch {
        return error.messages
    }
}
