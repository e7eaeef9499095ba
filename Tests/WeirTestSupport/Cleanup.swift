package import Foundation
import Glibc
import Synchronization

/// What a test process has to stop and remove before it ends: servers and folders.
///
/// It does so at a regular end and when it is interrupted, by Ctrl-C or by SIGTERM.
package enum Cleanup {
    private static let actions = Mutex<[@Sendable () -> Void]>([])

    /// Registers an action. The one registered last runs first.
    package static func atEnd(_ action: @escaping @Sendable () -> Void) {
        let isFirst = actions.withLock { actions in
            defer { actions.append(action) }
            return actions.isEmpty
        }
        guard isFirst else { return }
        atexit { Cleanup.run() }
        Interruption.endProcess(on: [SIGINT, SIGTERM, SIGHUP])
    }

    private static func run() {
        while let action = actions.withLock({ $0.popLast() }) { action() }
    }
}

/// Turns a signal into a regular end of the process.
///
/// The handler only writes to a pipe, which is all that a handler may do; a thread reads from it and calls `exit`.
private enum Interruption {
    private static let pipe = Pipe()
    private static let writingEnd = pipe.fileHandleForWriting.fileDescriptor

    static func endProcess(on signals: [Int32]) {
        let readingEnd = pipe.fileHandleForReading.fileDescriptor
        _ = writingEnd  // Made here, not in the handler.
        Thread.detachNewThread {
            var number: UInt8 = 0
            while unsafe read(readingEnd, &number, 1) != 1 {}
            exit(128 + Int32(number))
        }
        for number in signals {
            signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(Interruption.writingEnd, &byte, 1)
            }
        }
    }
}

extension Process {
    /// Sends a signal and waits for the end of the process; after a minute it is killed.
    package func end(with signal: Int32) {
        guard isRunning else { return }
        kill(processIdentifier, signal)
        let clock = ContinuousClock(), start = clock.now
        while isRunning, clock.now - start < .seconds(60) { usleep(10_000) }
        if isRunning { kill(processIdentifier, SIGKILL) }
        waitUntilExit()
    }
}
