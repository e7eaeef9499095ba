import Foundation

/// Certificates for a server and a client, made by `openssl` for this run.
struct TestCertificates: Sendable {
    private let folder: String

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// In the folder then are:
    /// - `root.crt`, which signed all the others; `other-root.crt`, which signed none;
    /// - `server.crt` and `server.key`, for the name `db.example.com` and the address 127.0.0.1;
    /// - `client.crt` and `client.key`, for the role `certified`, `client-locked.key`, whose passphrase is `open`, and
    ///   `readable.key`, which every account may read.
    init(in folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["root", "other-root"] {
            try openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=Weir test \(name)",
                "-keyout", "\(name).key", "-out", "\(name).crt",
            ])
        }
        try sign(
            "server", subject: "/CN=db.example.com", names: "DNS:db.example.com,DNS:*.wild.example.com,IP:127.0.0.1")
        try sign("client", subject: "/CN=certified", names: nil)
        try openssl(["pkey", "-aes256", "-passout", "pass:open", "-in", "client.key", "-out", "client-locked.key"])
        for (name, mode) in [("readable.key", 0o644), ("client.key", 0o600), ("client-locked.key", 0o600)] {
            if mode == 0o644 { try FileManager.default.copyItem(atPath: path("client.key"), toPath: path(name)) }
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
        }
    }

    private func sign(_ name: String, subject: String, names: String?) throws {
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
            "\(name).key", "-out", "\(name).csr",
        ])
        let extensions = names.map { "subjectAltName=\($0)\n" } ?? "basicConstraints=CA:FALSE\n"
        try extensions.write(toFile: path("\(name).ext"), atomically: false, encoding: .utf8)
        try openssl([
            "x509", "-req", "-in", "\(name).csr", "-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial", "-days",
            "2", "-extfile", "\(name).ext", "-out", "\(name).crt",
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProgramFailure(program: "openssl", said: said) }
    }
}
