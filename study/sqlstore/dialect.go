package sqlstore

import (
	"database/sql"
	"errors"
)

// dialect is all that differs between the engines once a database is open;
// every other statement is the same on each. sqlite.go and mysql.go open.
type dialect struct {
	// migrations are the steps from an empty database to the newest schema:
	// step i brings version i to version i+1. They only ever grow.
	migrations []migration
	// now is a query for the database's clock, in microseconds since 1970 UTC.
	now string
	// lock ends a query whose rows stay as they are until the transaction
	// ends. "" where a transaction that writes has the whole database.
	lock string
	// index names, after a table, the one index that may find its rows. An
	// optimizer that guesses from samples would walk through all of them.
	index func(name string) string
	// join joins a table to those before it, whose rows are found first.
	join string
	// view is how a transaction begins that sees one state of the database.
	view sql.TxOptions
	// value are the arguments for valueColumns, and readValue yields two
	// columns, a number and a name for what a number cannot be here: NaN and
	// the infinities, and -0 on MariaDB. The name is NULL for all others.
	value        func(v float64) []any
	valueColumns []string
	readValue    string

	// kindOf returns the study's error that an engine's amounts to; nil: none.
	kindOf      func(err error) error
	isDuplicate func(err error) bool // the violation of a unique key
	// isLost tells whether the connection broke, so that nobody knows what
	// became of what was sent last.
	isLost func(err error) bool
	// passes tells whether the same transaction may succeed soon.
	passes func(err error) bool
	// unclosed tells whether an error of closing means that something may be
	// left undone. What a server has committed it has.
	unclosed func(err error) bool
}

var sqliteDialect = dialect{
	migrations:   mustReadMigrations("migrations/sqlite"),
	now:          `SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000`, // its clock has milliseconds
	index:        func(string) string { return "" },
	join:         "CROSS JOIN",
	view:         sql.TxOptions{ReadOnly: true},
	value:        func(v float64) []any { return []any{double(v)} },
	valueColumns: []string{"value"},
	readValue:    "value, NULL",
	kindOf:       kindOfSQLite,
	isDuplicate:  isSQLiteDuplicate,
	isLost:       func(error) bool { return false },
	passes:       func(error) bool { return false }, // SQLite waits for others by itself
	unclosed:     func(err error) bool { return err != nil },
}

var mysqlDialect = dialect{
	migrations:   mustReadMigrations("migrations/mysql"),
	now:          `SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))`,
	lock:         " FOR UPDATE",
	index:        func(name string) string { return " FORCE INDEX (" + name + ")" },
	join:         "STRAIGHT_JOIN",
	view:         sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
	value:        valueAndName,
	valueColumns: []string{"value", "value_name"},
	readValue:    "value, value_name",
	kindOf:       kindOfMySQL,
	isDuplicate:  func(err error) bool { return mysqlNumber(err) == mysqlDuplicate },
	isLost:       isLostMySQL,
	passes: func(err error) bool {
		return errors.Is(err, errRenewed) || errors.Is(err, errRepeated) || passesMySQL(err)
	},
	unclosed: func(error) bool { return false },
}
