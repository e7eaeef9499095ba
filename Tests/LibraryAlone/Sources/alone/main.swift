import Weir

let query = PostgresQuery(sql: "SELECT $1::int4", values: [1])
print(query.sql)
