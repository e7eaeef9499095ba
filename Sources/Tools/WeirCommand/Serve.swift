import Foundation
import Glibc
import Pooler

/// Runs the pooler as PgBouncer would run, from its command line to its exit code.
struct Serve {
    let invocation: ServeInvocation

    init(_ invocation: ServeInvocation) { self.invocation = invocation }

    /// Why the pooler does not start. Its words are PgBouncer's, because scripts look for them.
    struct Failure: Error {
        let message: String
    }

    /// Returns the exit code.
    func run() -> Int32 {
        let arguments: ServeArguments
        do throws(ServeArguments.Refusal) {
            switch try ServeArguments.read(invocation.words) {
            case .showHelp:
                Terminal.show(ServeTexts.usage(program: invocation.program))
                return 0
            case .showVersion:
                Terminal.show(ServeTexts.version)
                return 0
            case .serve(let read): arguments = read
            }
        } catch {
            Terminal.complain("\(invocation.program): \(error)")
            Terminal.complain("Try \"\(invocation.program) --help\" for more information.")
            return 1
        }
        do {
            if arguments.daemon, arguments.readyDescriptor == nil {
                return try Background.start(invocation)
            }
            return try serve(arguments)
        } catch let failure as Failure {
            Terminal.complain(ServeTexts.fatal(failure.message))
        } catch {
            Terminal.complain(ServeTexts.fatal("\(error)"))
        }
        return 1
    }

    private func serve(_ arguments: ServeArguments) throws -> Int32 {
        if arguments.reboot {
            throw Failure(
                message: "online restart (-R) is not available yet; start a second process with so_reuseport instead")
        }
        Signals.block()
        let readyPipe = try ReadyPipe()
        let options = ServeOptions(
            configPath: arguments.configPath, quiet: arguments.quiet, verbosity: arguments.verbosity,
            user: arguments.user, readyPipe: readyPipe.descriptorToWrite)
        // Loaded before the change of user: it may be readable for root only.
        let service = try PoolerService(options: options)

        if let user = arguments.user ?? service.user { try Identity.assume(user) }
        guard getuid() != 0 else { throw Failure(message: "PgBouncer should not run as root") }

        let pidfile = try service.pidfile.map { path in try Pidfile(path) }
        if arguments.daemon, pidfile == nil { throw Failure(message: "daemon needs pidfile configured") }

        readyPipe.whenReady {
            do {
                try pidfile?.write()
            } catch {
                Terminal.complain(ServeTexts.fatal("\((error as? Failure)?.message ?? "\(error)")"))
                exit(1)
            }
            if let parent = arguments.readyDescriptor { Background.detach(tellingParent: parent) }
        }
        let code = service.run()
        Pidfile.removeOwn()
        return code
    }
}
