// Package sqlstore keeps studies in an SQL database: it is a study.Store on
// SQLite, in one file that needs no server, and on MySQL and MariaDB.
//
// Every method that writes is one transaction that first locks what it
// decides on, so it sees nothing change under it, and that is on the disk when
// the method returns: neither SIGKILL nor a power cut takes back what was
// stored. SQLite gives it the whole file (WAL with synchronous=FULL); on a
// server it locks the row of a study or of a trial, see scope. Several
// processes may use one database.
//
// On a server a deadlock, a lock that is held too long or a broken connection
// is not yet an error: the transition is tried again for as long as the store's
// patience lasts. What was committed while the connection broke is recognised
// by what it wrote and not done twice.
//
// Leases end by the database's clock, read inside the transaction once it
// has its locks. Times are stored as microseconds since 1970 UTC; SQLite's own
// clock has milliseconds.
//
// Numbers come back bit for bit. The drivers and engines would lose some of
// them (SQLite turns -0 into 0 in a REAL column and NaN into NULL, MariaDB
// -0 into 0; MySQL and MariaDB know neither NaN nor infinity), so parameters
// and metrics are JSON in a text column, and what a column of doubles would
// lose is stored by its name.
//
// The statements are the same on every engine; what differs is in dialect.go,
// in the files named after an engine, and in migrations.
package sqlstore
