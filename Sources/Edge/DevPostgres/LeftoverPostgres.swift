import Foundation
import Glibc

/// A PostgreSQL server left running by a killed weir.
enum LeftoverPostgres {
    /// Stops the PostgreSQL that runs on the folder `data`, if any, and removes a stale `postmaster.pid`.
    ///
    /// The caller holds the lock of the state folder, so the PostgreSQL cannot belong to a living weir.
    ///
    /// - Returns: the process that was stopped, or `nil`.
    @discardableResult
    static func stop(data: String) throws(DevPostgresError) -> Int32? {
        let file = "\(data)/postmaster.pid"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        guard let process = PostmasterFile(text: text)?.process, isPostgres(process, on: data) else {
            removeFile(file)
            return nil
        }
        for (signal, seconds) in [(SIGINT, 10.0), (SIGQUIT, 5.0), (SIGKILL, 5.0)] {
            kill(process, signal)
            if Polling(seconds: seconds).wait(until: { !isPostgres(process, on: data) }) {
                removeFile(file)
                return process
            }
        }
        throw .leftoverWillNotStop(process: process, folder: data)
    }

    /// Whether the process is the server of that folder: PostgreSQL makes its data folder its working directory.
    ///
    /// The process ID alone proves nothing: after a restart of the machine it may belong to any program.
    private static func isPostgres(_ process: Int32, on data: String) -> Bool {
        guard let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd") else {
            return false
        }
        return place == URL(fileURLWithPath: data).resolvingSymlinksInPath().path
    }
}
