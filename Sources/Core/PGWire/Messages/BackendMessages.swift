// The short messages that a backend sends, each written by the function with its name.
// Source: PostgreSQL, protocol-message-formats.html

extension WireWriter {
    package mutating func readyForQuery(_ status: TransactionStatus) {
        message(BackendMessage.readyForQuery) { $0.byte(status.rawValue) }
    }

    /// - Parameter key: process ID and secret, concatenated; eight bytes in protocol 3.0.
    package mutating func backendKeyData(_ key: [UInt8]) {
        message(BackendMessage.backendKeyData) { $0.raw(key) }
    }

    package mutating func commandComplete(_ tag: String) {
        message(BackendMessage.commandComplete) { $0.cString(tag) }
    }

    /// - Parameters:
    ///   - newestMinor: the newest supported minor version of protocol 3.
    ///   - unrecognized: the `_pq_.` options that are ignored.
    package mutating func negotiateProtocolVersion(newestMinor: Int, unrecognized: [String]) {
        message(BackendMessage.negotiateProtocolVersion) { body in
            body.int32(ProtocolVersion(major: 3, minor: newestMinor).code)
            body.int32(Int32(truncatingIfNeeded: unrecognized.count))
            for name in unrecognized { body.cString(name) }
        }
    }

    package mutating func rowDescription(_ columns: [ColumnDescription]) {
        message(BackendMessage.rowDescription) { body in
            body.int16(Int16(truncatingIfNeeded: columns.count))
            for column in columns {
                body.cString(column.name)
                body.int32(0)  // no table
                body.int16(0)  // no attribute number
                body.int32(column.typeOID)
                body.int16(column.typeSize)
                body.int32(-1)  // no type modifier
                body.int16(0)  // text format
            }
        }
    }

    /// - Parameter values: `nil` is SQL NULL.
    package mutating func dataRow(_ values: [[UInt8]?]) {
        message(BackendMessage.dataRow) { body in
            body.int16(Int16(truncatingIfNeeded: values.count))
            for value in values {
                if let value {
                    body.int32(Int32(truncatingIfNeeded: value.count))
                    body.raw(value)
                } else {
                    body.int32(-1)
                }
            }
        }
    }
}

/// One column of a RowDescription, in text format.
package struct ColumnDescription: Hashable, Sendable {
    package var name: String
    package var typeOID: Int32
    package var typeSize: Int16

    package init(name: String, typeOID: Int32, typeSize: Int16) {
        self.name = name
        self.typeOID = typeOID
        self.typeSize = typeSize
    }
}
