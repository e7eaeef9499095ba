import Weir

/// The code of the articles in `Weir.docc`, compiled like a user's code, and executed as far as one server allows.
///
/// The code of `Article.md` is in `Article.swift`. EveryArticleTests checks that the latter contains each Swift block
/// of the former.
public enum Articles {
    /// Creates the tables that the articles use.
    public static func prepare(_ pool: PostgresPool) async throws {
        try await pool.withConnection { connection in
            try await connection.executeScript(
                """
                DROP SCHEMA public CASCADE;
                CREATE SCHEMA public;
                CREATE TABLE users (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT '', email text UNIQUE,
                    team text, page text, active bool NOT NULL DEFAULT true);
                CREATE TABLE greetings (user_id bigint NOT NULL REFERENCES users);
                CREATE TABLE renames (user_id bigint, old text, new text);
                CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);
                CREATE TABLE orders (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total bigint, day text DEFAULT 'Monday');
                CREATE TABLE coupons (code text PRIMARY KEY, order_id bigint);
                CREATE TABLE payments (request_id text PRIMARY KEY, amount bigint);
                CREATE TABLE articles (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text);
                CREATE TABLE events (id bigint PRIMARY KEY, payload text);
                CREATE TABLE points (x bigint, y double precision);
                CREATE MATERIALIZED VIEW totals AS SELECT sum(total) FROM orders;
                INSERT INTO users (name, team) VALUES ('Ann', 'red'), ('Bob', 'red'), ('Cy', 'blue');
                INSERT INTO accounts VALUES (1, 100), (2, 0);
                INSERT INTO orders (total) VALUES (3), (4);
                INSERT INTO events SELECT n, 'event ' || n FROM generate_series(1, 2500) AS n;
                INSERT INTO articles (title) VALUES ('One'), ('Two');
                """)
        }
    }
}

/// A result of an article's code that was not expected.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

func expect(_ condition: Bool, _ what: String) throws {
    if !condition { throw Unexpected(what) }
}

struct User: Decodable, Sendable {
    var id: Int
    var name: String
}
