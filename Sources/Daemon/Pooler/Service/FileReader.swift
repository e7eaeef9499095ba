import Glibc
import IOEngine

/// Reads whole files; what goes wrong is said in the system's own words.
enum FileReader {
    struct Failure: Error, CustomStringConvertible {
        let number: Int32
        var description: String { SystemError.text(number) }
    }

    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { throw Failure(number: errno) }
                continue
            }
            bytes += chunk[..<count]
        }
    }
}
