import Foundation
import Glibc
import Pooler

/// Runs the pooler as PgBouncer would run, from its command line to its exit code.
struct Serve {
    let invocation: ServeInvocation

    init(_ invocation: ServeInvocation) { self.invocation = invocation }

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
        do throws(StartupError) {
            if arguments.daemon, arguments.readyDescriptor == nil {
                return try Background.start(invocation)
            }
            return try serve(arguments)
        } catch {
            for cause in error.causes { Terminal.complain(ServeTexts.logLine(.error, cause)) }
            Terminal.complain(ServeTexts.logLine(.fatal, error.reason))
            return 1
        }
    }

    private func serve(_ arguments: ServeArguments) throws(StartupError) -> Int32 {
        if arguments.reboot {
            throw StartupError(
                "online restart (-R) is not available yet; start a second process with so_reuseport instead")
        }
        Signals.block()
        var options = ServeOptions(
            configPath: arguments.configPath, quiet: arguments.quiet, verbosity: arguments.verbosity,
            user: arguments.user)
        if let parent = arguments.readyDescriptor { options.whenReady = { Background.detach(tellingParent: parent) } }
        let pidfile = PidfileSlot()
        options.whenListening = { () throws(StartupError) in try pidfile.write() }
        // Loaded before the change of user: it may be readable for root only.
        let service = try PoolerService(options: options)

        if let user = arguments.user ?? service.user { try Identity.assume(user) }
        guard getuid() != 0 else { throw StartupError("PgBouncer should not run as root") }
        try service.openLog()
        do throws(StartupError) {
            if let path = service.pidfile { pidfile.hold(try Pidfile(path)) }
            if arguments.daemon, service.pidfile == nil { throw StartupError("daemon needs pidfile configured") }
        } catch {
            service.log(error)
            // The log has written it to standard error, unless -q forbids that: a start that fails is told in any case.
            guard arguments.quiet else { return 1 }
            throw error
        }
        let code = service.run()
        Pidfile.removeOwn()
        return code
    }
}
