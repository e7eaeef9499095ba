#!/usr/bin/env python3
"""Generates Tests/PGTypesTests/TypeVectors.swift: values of every type as sent by PostgreSQL, in text and in binary.

    .venv/bin/python script/make-type-vectors.py NEWEST [OLDER...] > Tests/PGTypesTests/TypeVectors.swift

Each argument is a connection string for an empty database whose owner may create the extension hstore; the script
creates its types there and drops them again. All servers must agree. Rows that only a newer one supports are not
compared; the committed table is from PostgreSQL 18 and 15.
"""

import random
import sys

import psycopg

SETTINGS = {"datestyle": "ISO", "timezone": "UTC", "intervalstyle": "postgres", "lc_monetary": "C",
            "bytea_output": "hex", "extra_float_digits": "1"}

TYPES = """
CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public;
CREATE SCHEMA weir_types;
SET search_path = weir_types, public;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy', 'it''s "so" so, \\');
CREATE DOMAIN positive AS int4 CHECK (VALUE > 0);
CREATE TYPE pair AS (a int4, b text);
CREATE TYPE nested AS (id int8, p pair, m mood, n positive, tags text[]);
CREATE TYPE floatrange AS RANGE (subtype = float8);
"""

NUMERIC = """0 0.0 0.00 1 -1 10 10000 9999 0.0001 0.00001 0.00012345 1.5 -123456789.987654321 100000000 1e20 1e-20 NaN Infinity
-Infinity 12345678901234567890.123 0.10 99999999.9999 1e100 -1e-100 9223372036854775807 9223372036854775808
-9223372036854775808 -9223372036854775809 100000 1000.0001 0.5 1234567890123456789012345678901234567890.1234567890
0.000000000000000000000000000001 5000.0 10000.00000 123.4500""".split()

DATES = ["2000-01-01", "1999-12-31", "1970-01-01", "infinity", "-infinity", "4713-01-01 BC", "5874897-12-31",
         "2024-02-29", "1900-02-28", "0001-01-01", "0001-12-31 BC", "1582-10-15", "9999-12-31", "10000-01-01",
         "0005-02-28 BC", "0004-03-01 BC"]
STAMPS = ["2000-01-01 00:00:00", "1999-12-31 23:59:59.999999", "1970-01-01 00:00:00", "2024-02-29 12:34:56.789012",
          "infinity", "-infinity", "0001-01-01 00:00:00", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999",
          "2024-02-29 12:34:56.7", "2024-02-29 12:34:56.000001", "0044-03-15 12:00:00 BC", "1969-12-31 23:59:59.5"]
TIMES = ["00:00:00", "23:59:59.999999", "24:00:00", "12:34:56.7", "04:05:06.000001", "01:02:03"]
INTERVALS = ["1 year 2 mons 3 days 04:05:06.789", "-1 day", "0", "1 mon -1 day", "-00:00:01", "100 years",
             "-1 year -2 mons +3 days -04:05:06.789", "1 year", "2 mons", "14 mons", "-14 mons", "1 day", "00:00:00.000001",
             "1000000:00:00", "-23:59:59.999999", "178000000 years", "1 mon -00:00:00.5", "-1 mon 1 day",
             "11 mons", "-11 mons 25:00:00"]
TEXTS = ["", "a", "NULL", "null", "é日本🎈", "it's", 'say "hi"', "back\\slash", "{a,b}", "tab\tand\nline", " spaces ", "a,b",
         "(1,2)", "\\x41", "x" * 300]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def rows():
    """Types with SQL literals, and whether an older server may reject them."""
    def each(kind, values, newer=False):
        for value in values:
            yield kind, quoted(value) if isinstance(value, str) else value, newer
    chance = random.Random(5432)

    yield from each("bool", ["t", "f"])
    yield from each("int2", ["0", "1", "-1", "32767", "-32768"])
    yield from each("int4", ["0", "1", "-1", "2147483647", "-2147483648"])
    yield from each("int8", ["0", "1", "-1", "2147483647", "2147483648", "9223372036854775807", "-9223372036854775808"])
    yield from each("oid", ["0", "1", "4294967295"])
    yield from each("xid", ["3", "4294967295"])
    yield from each("cid", ["3", "4294967295"])
    yield from each("xid8", ["1", "18446744073709551615"])
    yield from each("tid", ["(0,0)", "(0,1)", "(4294967295,65535)"])
    yield from each("pg_lsn", ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"])
    yield from each("pg_snapshot", ["10:20:", "10:20:10,14,15"])
    yield from each("txid_snapshot", ["10:20:10,14,15"])
    yield from each("regtype", ["int4"])
    yield from each("regclass", ["pg_class"])
    floats = ["0", "-0", "1", "1.5", "NaN", "Infinity", "-Infinity", "0.1", "-123.25", "1e20", "1e-7", "100000", "123456"]
    yield from each("float4", floats + ["3.4028235e38", "1e-45", "16777216", "1.17549435e-38"])
    yield from each("float8", floats + ["1.7976931348623157e308", "5e-324", "9007199254740993", "0.30000000000000004",
                                        "9223372036854775807", "1e15", "1e16", "123456789012345680", "2147483647"])
    yield from each("numeric", NUMERIC)
    for _ in range(60):
        whole = "".join(chance.choice("0123456789") for _ in range(chance.randint(0, 30)))
        part = "".join(chance.choice("0001239") for _ in range(chance.randint(0, 20)))
        yield from each("numeric", [chance.choice(["", "-"]) + (whole or "0") + ("." + part if part else "")])
    yield from each("money", ["0", "12.34", "-12.34", "92233720368547758.07", "-92233720368547758.08", "1234567.89", "0.01", "-0.01"])
    for kind in ("text", "varchar", "xml"):
        yield from each(kind, [t for t in TEXTS if kind != "xml"] or ["<a>1</a>"])
    yield from each("bpchar", ["a", "ab  "])
    yield from each("char(5)", ["ab"])
    yield from each("name", ["pg_class", ""])
    yield from each('"char"', ["a", "", "\\377"])
    yield from each("unknown", ["who knows"])
    yield from each("refcursor", ["c1"])
    yield from each("bytea", ["", "\\x00", "\\x000102fdfeff", "\\x" + "5c27" * 40])
    yield from each("json", ['{"a": [1, null, "x"]}', "null", '"\\u00e9"', " [1 ,2] "])
    yield from each("jsonb", ['{"a": [1, null, "x"]}', "null", '{"b": 1.50, "a": {}}'])
    yield from each("jsonpath", ["$.a[*] ? (@ > 1)", "strict $"])
    yield from each("uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000",
                             "ffffffff-ffff-ffff-ffff-ffffffffffff"])
    yield from each("date", DATES)
    yield from each("timestamp", STAMPS)
    yield from each("timestamptz", [s.replace(" BC", "+00 BC") if "BC" in s else s if "inf" in s else s + "+00" for s in STAMPS])
    yield from each("timestamptz", ["2024-02-29 12:34:56+05:30", "2024-02-29 12:34:56-12:34:56"])
    for _ in range(30):
        yield "date", f"DATE '2000-01-01' + {chance.randint(-2451545, 2000000)}", False
        seconds = f"{chance.randint(-200000000000, 9000000000000)}.{chance.randint(0, 999999):06d}"
        yield "timestamp", f"make_interval(secs => {seconds}) + TIMESTAMP '2000-01-01'", False
        yield "interval", (f"make_interval({chance.randint(-200, 200)}, {chance.randint(-30, 30)}, 0, "
                           f"{chance.randint(-99, 99)}, {chance.randint(-99, 99)}, {chance.randint(-99, 99)}, "
                           f"{chance.choice([0, 0.5, -0.25, 1.000001, -59.999999])})"), False
    yield from each("time", TIMES)
    yield from each("timetz", ["12:00:00+02", "00:00:00-05:30", "23:59:59.999999-15:59:59", "24:00:00+00", "04:05:06.7+05:30:15"])
    yield from each("interval", INTERVALS)
    yield from each("interval", ["infinity", "-infinity"], True)
    yield from each("inet", ["192.168.1.1", "192.168.0.0/16", "::1", "2001:db8::/32", "0.0.0.0/0", "10.1.2.3/8", "::ffff:1.2.3.4",
                             "2001:db8:0:0:1:0:0:1", "fe80::1/64", "::", "1::", "1:0:0:2:3:0:0:4", "1:2:3:4:5:6:7:8", "::1.2.3.4",
                             "1:2:3:4:5:6:0:0", "0:1:2:3:4:5:6:7", "255.255.255.255/31", "::ffff:0:1.2.3.4", "1:0:2:3:4:5:6:7"])
    yield from each("cidr", ["10.0.0.0/8", "10.0.0.1", "2001:db8::/32", "0.0.0.0/0", "::/0", "1.2.3.4/32", "::1/128"])
    yield from each("macaddr", ["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"])
    yield from each("macaddr8", ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03"])
    yield from each("bit(5)", ["10101"])
    yield from each("varbit", ["1", "", "10101010", "101010101", "1" * 31])
    yield from each("point", ["(1,2)", "(-0.5,1e300)", "(NaN,Infinity)", "(0.1,1e-7)"])
    yield from each("line", ["{1,-1,0}", "{0.5,2,-3}"])
    yield from each("lseg", ["[(1,2),(3,4)]"])
    yield from each("box", ["(3,4),(1,2)"])
    yield from each("path", ["[(1,2),(3,4)]", "((1,2),(3,4),(5.5,6))"])
    yield from each("polygon", ["((1,2),(3,4),(5.5,6))", "((0,0))"])
    yield from each("circle", ["<(1,2),3>"])
    yield from each("tsvector", ["a:1A b", "", "'it''s' 'x\\\\y':2,5B,16383C", "fat:1D,2 cat:3"])
    yield from each("tsquery", ["a & !b", "", "a | b & c", "(a | b) & c", "!(a & b)", "a <-> b <3> c", "'it''s':*AB", "!!a",
                                "a <-> (b | c)", "(a <-> b) <-> c", "a <-> (b <-> c)"])
    yield from each("oidvector", ["1 2 4294967295", ""])
    yield from each("int2vector", ["1 -2 3", ""])
    yield from each("int4range", ["empty", "[1,5)", "(,5)", "[1,)", "(,)", "[-3,-2)"])
    yield from each("int8range", ["[1,9223372036854775807)"])
    yield from each("numrange", ["(1.5,2.5]", "[1.5,2.5]", "(,)"])
    yield from each("daterange", ["[2024-01-01,2024-02-01)", "(-infinity,infinity)", "empty"])
    yield from each("tsrange", ['["2024-01-01 00:00:00","2024-02-01 12:00:00.5"]', "[,)"])
    yield from each("tstzrange", ['["2024-01-01 00:00:00+00",)'])
    yield from each("int4multirange", ["{}", "{[1,3),[5,7)}", "{(,3),[5,)}"])
    yield from each("int8multirange", ["{[1,3)}"])
    yield from each("nummultirange", ["{[1.5,2.5],(3,4)}"])
    yield from each("datemultirange", ["{[2024-01-01,2024-02-01)}"])
    yield from each("tsmultirange", ['{["2024-01-01 00:00:00","2024-02-01 12:00:00"]}'])
    yield from each("tstzmultirange", ['{["2024-01-01 00:00:00+00","2024-02-01 12:00:00+00"]}'])

    yield from each("int4[]", ["{}", "{1,NULL,3}", "{{1,2},{3,4}}", "[2:3]={7,8}", "{{{1,2,3},{4,5,6}}}", "[-1:0][5:6]={{1,2},{3,NULL}}"])
    yield from each("text[]", ['{a,"",NULL}', '{"NULL",null}', '{"a\\"b","c\\\\d","e,f","{g}"," h "}', '{{"1 2",é}}'])
    for kind, values in {"bool": "t,f", "int2": "1,2", "int8": "1,2", "float4": "1.5,NaN", "float8": "1.5,-Infinity",
                         "numeric": "1.50,NaN", "oid": "1,2", "uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                         "date": "2024-01-01,infinity", "time": "01:02:03", "timetz": "01:02:03+04", "money": "1.00",
                         "timestamp": '"2024-01-01 00:00:00"', "timestamptz": '"2024-01-01 00:00:00+00"', "name": "a",
                         "interval": '"1 day 02:00:00"', "bytea": '"\\\\\\\\x0102"', "varchar": "a", "bpchar": "a",
                         '"char"': "a", "inet": "::1", "cidr": "10.0.0.0/8", "macaddr": "08:00:2b:01:02:03", "xid": "1",
                         "macaddr8": "08:00:2b:01:02:03:04:05", "varbit": "101", "bit": "1", "point": '"(1,2)"', "tid": '"(0,1)"',
                         "box": "(3,4),(1,2);(1,1),(0,0)", "circle": '"<(1,2),3>"', "json": '"{\\"a\\": 1}"', "pg_lsn": "0/1",
                         "jsonb": '"{\\"a\\": 1}"', "int4range": '"[1,5)",empty', "tsvector": "a", "xid8": "1", "cid": "1",
                         "int4multirange": '"{[1,3)}"', "oidvector": '"1 2"', "int2vector": '"1 2"', "line": '"{1,2,3}"',
                         "lseg": '"[(1,2),(3,4)]"', "path": '"[(1,2),(3,4)]"', "polygon": '"((1,2),(3,4))"', "tsquery": "a",
                         "daterange": '"[2024-01-01,2024-02-01)"', "numrange": '"[1.5,2.5]"', "xml": "<a/>"}.items():
        yield kind + "[]", quoted("{" + values + "}"), False

    yield from each("mood", ["sad", "very happy", 'it\'s "so" so, \\'])
    yield from each("mood[]", ['{sad,"very happy",NULL}'])
    yield from each("positive[]", ["{1,2}"])
    yield from each("floatrange", ["[1.5,2.5)", "empty"])
    yield from each("floatmultirange", ["{[1.5,2.5)}"])
    yield from each("hstore", ['"a"=>"1", "b"=>NULL', "", '"k \\"q\\""=>"v\\\\w", "é"=>""'])
    yield "pair", "ROW(1, 'x')", False
    yield "pair", "ROW(NULL, NULL)", False
    yield "pair", "ROW(-7, '')", False
    yield "pair", "ROW(2, 'a,b \"c\" \\ (d)')", False
    yield "pair[]", "ARRAY[ROW(1, 'x'), ROW(2, NULL), NULL]::pair[]", False
    yield "nested", "ROW(9, ROW(1, 'x y'), 'very happy', 3, '{a,\"b c\"}')", False
    yield "nested", "ROW(NULL, NULL, NULL, NULL, NULL)", False
    yield "record", "ROW(1, 'x'::text, NULL::int4)", False
    yield "record", "ROW(true, 'a b'::varchar, 1.5::numeric, ARRAY[1,2], '[1,2)'::int4range)", False
    yield "record", "ROW()", False


def ask(connection):
    found = {}
    for kind, value, newer in rows():
        expression = f"({value})" if kind == "record" else f"({value})::{kind}"
        answers = []
        for binary in (0, 1):
            result = connection.pgconn.exec_params(f"SELECT {expression}".encode(), None, result_format=binary)
            if result.status != psycopg.pq.ExecStatus.TUPLES_OK:
                answers = None
                if not newer:
                    sys.exit(f"{expression}: {result.error_message.decode()}")
                break
            answers.append(result.get_value(0, 0))
        if answers:
            found[kind, value] = (result.ftype(0), *answers)
    return found


def catalog(connection):
    """The definition of each type that is not built in, from pg_type."""
    query = """
        SELECT t.oid, t.typname, t.typtype, t.typelem, t.typbasetype,
               coalesce(r.rngsubtype, m.rngtypid, 0), t.typinput::text,
               ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
               ARRAY(SELECT attname || ':' || atttypid FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0
                     ORDER BY attnum)
        FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
        WHERE t.oid >= 16384 AND t.typnamespace IN ('weir_types'::regnamespace, 'public'::regnamespace) ORDER BY t.oid"""
    return connection.execute(query).fetchall()


def servers():
    for place in sys.argv[1:]:
        connection = psycopg.connect(place, autocommit=True)
        for name, value in SETTINGS.items():
            connection.execute(f"SET {name} = '{value}'")
        connection.execute("DROP SCHEMA IF EXISTS weir_types CASCADE")
        connection.execute(TYPES)
        yield connection
        connection.execute("DROP SCHEMA weir_types CASCADE")


def escaped(data):
    return data.decode().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def main():
    newest, types = None, None
    for connection in servers():
        found, known = ask(connection), {row[1]: row[0] for row in catalog(connection)}
        if newest is None:
            newest, types = found, catalog(connection)
            continue
        # Types that are not built in have different OIDs on every server.
        renumbered = [(known[row[1]].to_bytes(4, "big"), row[0].to_bytes(4, "big"), known[row[1]], row[0]) for row in types]
        for key, (oid, text, binary) in found.items():
            for old, new, old_oid, new_oid in renumbered:
                binary = binary.replace(old, new) if len(binary) > 4 else binary
                oid = new_oid if oid == old_oid else oid
            if newest[key] != (oid, text, binary):
                sys.exit(f"the servers disagree about {key}: {newest[key]} and {(oid, text, binary)}")

    print("// Generated by script/make-type-vectors.py; do not edit.\n")
    print("/// Values as sent by PostgreSQL: type, its OID, text, binary. Tabs, line feeds and backslashes in a text are escaped.")
    print('let typeVectorTable = #"""')
    for (kind, _), (oid, text, binary) in newest.items():
        print(f"    {kind}\t{oid}\t{escaped(text)}\t{binary.hex()}")
    print('    """#\n')
    print("/// The types of the table that are not built in: OID, name, typtype, typelem, typbasetype, range's subtype or")
    print("/// multirange's range, labels, fields.")
    print('let typeCatalogTable = #"""')
    for oid, name, kind, element, base, related, reader, labels, fields in types:
        element = element if reader.endswith("array_in") else 0
        labels = "|".join(escaped(label.encode()) for label in labels)
        print(f"    {oid}\t{name}\t{kind}\t{element}\t{base}\t{related}\t{labels}\t{'|'.join(fields)}")
    print('    """#')


main()
