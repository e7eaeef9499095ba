import Glibc

/// The names of the system errors that connections may have.
enum ErrorName {
    static func of(_ number: Int32) -> String {
        switch number {
        case ECONNREFUSED: "ECONNREFUSED"
        case ECONNRESET: "ECONNRESET"
        case ECONNABORTED: "ECONNABORTED"
        case EPIPE: "EPIPE"
        case ETIMEDOUT: "ETIMEDOUT"
        case EHOSTUNREACH: "EHOSTUNREACH"
        case ENETUNREACH: "ENETUNREACH"
        case ENOENT: "ENOENT"
        case EACCES: "EACCES"
        case EAGAIN: "EAGAIN"
        case EADDRNOTAVAIL: "EADDRNOTAVAIL"
        case EMFILE: "EMFILE"
        case ENFILE: "ENFILE"
        default: "errno \(number)"
        }
    }
}
