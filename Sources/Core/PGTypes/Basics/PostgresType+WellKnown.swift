// PostgreSQL's built-in types, whose OIDs never change.
// Source: PostgreSQL, src/include/catalog/pg_type.dat; the OIDs were read from pg_type of PostgreSQL 18.

extension PostgresType {
    /// No type: the server infers which type is meant.
    @inlinable public static var unspecified: PostgresType { PostgresType(oid: 0) }
    /// True or false.
    @inlinable public static var bool: PostgresType { PostgresType(oid: 16) }
    /// Bytes.
    @inlinable public static var bytea: PostgresType { PostgresType(oid: 17) }
    /// One byte, written `"char"` in SQL.
    @inlinable public static var quotedChar: PostgresType { PostgresType(oid: 18) }
    /// A name in the catalogs, up to 63 bytes.
    @inlinable public static var name: PostgresType { PostgresType(oid: 19) }
    /// A 64-bit integer, `bigint`.
    @inlinable public static var int8: PostgresType { PostgresType(oid: 20) }
    /// A 16-bit integer, `smallint`.
    @inlinable public static var int2: PostgresType { PostgresType(oid: 21) }
    /// A list of `int2`, used in the catalogs.
    @inlinable public static var int2vector: PostgresType { PostgresType(oid: 22) }
    /// A 32-bit integer, `integer`.
    @inlinable public static var int4: PostgresType { PostgresType(oid: 23) }
    /// A function, by OID or name.
    @inlinable public static var regproc: PostgresType { PostgresType(oid: 24) }
    /// Text of any length.
    @inlinable public static var text: PostgresType { PostgresType(oid: 25) }
    /// The OID of an object in the catalogs.
    @inlinable public static var oid: PostgresType { PostgresType(oid: 26) }
    /// The physical location of a row in its table.
    @inlinable public static var tid: PostgresType { PostgresType(oid: 27) }
    /// A 32-bit transaction ID.
    @inlinable public static var xid: PostgresType { PostgresType(oid: 28) }
    /// A command's number in its transaction.
    @inlinable public static var cid: PostgresType { PostgresType(oid: 29) }
    /// A list of `oid`, used in the catalogs.
    @inlinable public static var oidvector: PostgresType { PostgresType(oid: 30) }
    /// JSON, kept as it was written.
    @inlinable public static var json: PostgresType { PostgresType(oid: 114) }
    /// XML.
    @inlinable public static var xml: PostgresType { PostgresType(oid: 142) }
    /// A point in the plane.
    @inlinable public static var point: PostgresType { PostgresType(oid: 600) }
    /// A line segment.
    @inlinable public static var lseg: PostgresType { PostgresType(oid: 601) }
    /// An open or closed path.
    @inlinable public static var path: PostgresType { PostgresType(oid: 602) }
    /// A rectangle.
    @inlinable public static var box: PostgresType { PostgresType(oid: 603) }
    /// A polygon.
    @inlinable public static var polygon: PostgresType { PostgresType(oid: 604) }
    /// An infinite line.
    @inlinable public static var line: PostgresType { PostgresType(oid: 628) }
    /// A network address.
    @inlinable public static var cidr: PostgresType { PostgresType(oid: 650) }
    /// A 32-bit floating-point number, `real`.
    @inlinable public static var float4: PostgresType { PostgresType(oid: 700) }
    /// A 64-bit floating-point number, `double precision`.
    @inlinable public static var float8: PostgresType { PostgresType(oid: 701) }
    /// A literal whose type has not been resolved.
    @inlinable public static var unknown: PostgresType { PostgresType(oid: 705) }
    /// A circle.
    @inlinable public static var circle: PostgresType { PostgresType(oid: 718) }
    /// An EUI-64 address.
    @inlinable public static var macaddr8: PostgresType { PostgresType(oid: 774) }
    /// An amount of money.
    @inlinable public static var money: PostgresType { PostgresType(oid: 790) }
    /// An Ethernet address.
    @inlinable public static var macaddr: PostgresType { PostgresType(oid: 829) }
    /// A host address, with its network.
    @inlinable public static var inet: PostgresType { PostgresType(oid: 869) }
    /// One entry of an access privilege list.
    @inlinable public static var aclitem: PostgresType { PostgresType(oid: 1033) }
    /// Blank-padded text, `character(n)`.
    @inlinable public static var bpchar: PostgresType { PostgresType(oid: 1042) }
    /// Text, `character varying`.
    @inlinable public static var varchar: PostgresType { PostgresType(oid: 1043) }
    /// A day.
    @inlinable public static var date: PostgresType { PostgresType(oid: 1082) }
    /// A time of day.
    @inlinable public static var time: PostgresType { PostgresType(oid: 1083) }
    /// A date and time without time zone.
    @inlinable public static var timestamp: PostgresType { PostgresType(oid: 1114) }
    /// A point in time, `timestamp with time zone`.
    @inlinable public static var timestamptz: PostgresType { PostgresType(oid: 1184) }
    /// A span of months, days and microseconds.
    @inlinable public static var interval: PostgresType { PostgresType(oid: 1186) }
    /// A time of day with its offset from UTC.
    @inlinable public static var timetz: PostgresType { PostgresType(oid: 1266) }
    /// A bit string of fixed length.
    @inlinable public static var bit: PostgresType { PostgresType(oid: 1560) }
    /// A bit string of variable length, `bit varying`.
    @inlinable public static var varbit: PostgresType { PostgresType(oid: 1562) }
    /// An exact decimal number.
    @inlinable public static var numeric: PostgresType { PostgresType(oid: 1700) }
    /// The name of a cursor.
    @inlinable public static var refcursor: PostgresType { PostgresType(oid: 1790) }
    /// A function with its argument types, by OID or name.
    @inlinable public static var regprocedure: PostgresType { PostgresType(oid: 2202) }
    /// An operator, by OID or name.
    @inlinable public static var regoper: PostgresType { PostgresType(oid: 2203) }
    /// An operator with its argument types, by OID or name.
    @inlinable public static var regoperator: PostgresType { PostgresType(oid: 2204) }
    /// A table, view or index, by OID or name.
    @inlinable public static var regclass: PostgresType { PostgresType(oid: 2205) }
    /// A type, by OID or name.
    @inlinable public static var regtype: PostgresType { PostgresType(oid: 2206) }
    /// A row of any structure.
    @inlinable public static var record: PostgresType { PostgresType(oid: 2249) }
    /// A C string.
    @inlinable public static var cstring: PostgresType { PostgresType(oid: 2275) }
    /// The result type of a function that returns nothing.
    @inlinable public static var void: PostgresType { PostgresType(oid: 2278) }
    /// A universally unique identifier.
    @inlinable public static var uuid: PostgresType { PostgresType(oid: 2950) }
    /// A transaction snapshot, the older type.
    @inlinable public static var txidSnapshot: PostgresType { PostgresType(oid: 2970) }
    /// A position in the write-ahead log.
    @inlinable public static var pgLSN: PostgresType { PostgresType(oid: 3220) }
    /// A document in the form used for text search.
    @inlinable public static var tsvector: PostgresType { PostgresType(oid: 3614) }
    /// A text search query.
    @inlinable public static var tsquery: PostgresType { PostgresType(oid: 3615) }
    /// A text search configuration, by OID or name.
    @inlinable public static var regconfig: PostgresType { PostgresType(oid: 3734) }
    /// A text search dictionary, by OID or name.
    @inlinable public static var regdictionary: PostgresType { PostgresType(oid: 3769) }
    /// JSON, parsed.
    @inlinable public static var jsonb: PostgresType { PostgresType(oid: 3802) }
    /// A range of `int4`.
    @inlinable public static var int4range: PostgresType { PostgresType(oid: 3904) }
    /// A range of `numeric`.
    @inlinable public static var numrange: PostgresType { PostgresType(oid: 3906) }
    /// A range of `timestamp`.
    @inlinable public static var tsrange: PostgresType { PostgresType(oid: 3908) }
    /// A range of `timestamptz`.
    @inlinable public static var tstzrange: PostgresType { PostgresType(oid: 3910) }
    /// A range of `date`.
    @inlinable public static var daterange: PostgresType { PostgresType(oid: 3912) }
    /// A range of `int8`.
    @inlinable public static var int8range: PostgresType { PostgresType(oid: 3926) }
    /// A path into JSON.
    @inlinable public static var jsonpath: PostgresType { PostgresType(oid: 4072) }
    /// A schema, by OID or name.
    @inlinable public static var regnamespace: PostgresType { PostgresType(oid: 4089) }
    /// A role, by OID or name.
    @inlinable public static var regrole: PostgresType { PostgresType(oid: 4096) }
    /// A collation, by OID or name.
    @inlinable public static var regcollation: PostgresType { PostgresType(oid: 4191) }
    /// A multirange of `int4`.
    @inlinable public static var int4multirange: PostgresType { PostgresType(oid: 4451) }
    /// A multirange of `numeric`.
    @inlinable public static var nummultirange: PostgresType { PostgresType(oid: 4532) }
    /// A multirange of `timestamp`.
    @inlinable public static var tsmultirange: PostgresType { PostgresType(oid: 4533) }
    /// A multirange of `timestamptz`.
    @inlinable public static var tstzmultirange: PostgresType { PostgresType(oid: 4534) }
    /// A multirange of `date`.
    @inlinable public static var datemultirange: PostgresType { PostgresType(oid: 4535) }
    /// A multirange of `int8`.
    @inlinable public static var int8multirange: PostgresType { PostgresType(oid: 4536) }
    /// A transaction snapshot.
    @inlinable public static var pgSnapshot: PostgresType { PostgresType(oid: 5038) }
    /// A 64-bit transaction ID.
    @inlinable public static var xid8: PostgresType { PostgresType(oid: 5069) }
}
