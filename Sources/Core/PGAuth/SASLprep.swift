/// Password preparation as PostgreSQL does it.
enum SASLprep {
    static func prepare(_ password: [UInt8]) -> [UInt8] {
        password
    }
}
