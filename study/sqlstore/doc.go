// Package sqlstore keeps studies in an SQL database: it is a study.Store on
// SQLite, in one file that needs no server.
//
// Every method that writes is one transaction that takes the write lock when
// it begins, so it sees nothing change under it, and that is on the disk when
// the method returns (WAL with synchronous=FULL): neither SIGKILL nor a power
// cut takes back what was stored. Several processes may use one file.
//
// Leases end by the database's clock, read inside the transaction. Times are
// stored as microseconds since 1970 UTC; SQLite's own clock has milliseconds.
//
// Numbers come back bit for bit. The drivers and engines would lose some of
// them (SQLite turns -0 into 0 in a REAL column and NaN into NULL; MySQL knows
// neither NaN nor infinity), so parameters and metrics are JSON in a text
// column, and a value that is not finite is stored by its name.
//
// What belongs to SQLite alone stands in sqlite.go and in migrations/sqlite;
// the statements elsewhere keep to what MySQL understands too.
package sqlstore
