package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Store is a study.Store on an SQL database.
type Store struct {
	where   string // the database's name in errors
	dialect *dialect
	// SQLite has one writer at a time: a second connection of this process
	// would only poll for the lock, while callers of one connection queue. On
	// MySQL both are the same.
	writer   *sql.DB
	reader   *sql.DB
	patience time.Duration
	readOnly bool
	clock    func() time.Time // nil: the database's own
	poisoned func(studyID int64, number int)
	reports  *reports
}

var _ study.Store = (*Store)(nil)

// Option changes how Open works.
type Option func(*options)

type options struct {
	patience   time.Duration
	clock      func() time.Time
	readOnly   bool
	poisoned   func(studyID int64, number int)
	migrations []migration // nil: the dialect's own
}

// DefaultPatience is how long a transition waits for others to end their own,
// or for a server to come back, before it fails with study.ErrLocked or
// study.ErrUnreachable.
const DefaultPatience = 10 * time.Second

// WithPatience replaces DefaultPatience. A server waits for locks in whole
// seconds, at least one.
func WithPatience(d time.Duration) Option { return func(o *options) { o.patience = d } }

// WithClock replaces the database's clock, so that a test can let leases end
// without waiting. All users of one database must have the same clock.
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// ReadOnly opens a database that exists already for reading: it creates and
// upgrades nothing, and every method that writes fails with study.ErrReadOnly.
func ReadOnly() Option { return func(o *options) { o.readOnly = true } }

// OnPoisoned tells of every trial that this Store fails because it took too many
// workers with it.
func OnPoisoned(tell func(studyID int64, number int)) Option {
	return func(o *options) { o.poisoned = tell }
}

// Open opens the database at where: a path is a file of SQLite, and
// mysql://user:password@host:port/database?tls=... is a database of a MySQL
// or MariaDB server. The file, and the folders that lead to it, are made
// readable by their owner only if they do not exist; a server's database must
// exist. An older schema is brought up to date; with ReadOnly it is
// study.ErrOlderSchema. Open fails with study.ErrNotStore when the database is
// something else, which it then leaves as it was, with study.ErrNewerSchema,
// study.ErrCorrupt, study.ErrReadOnly,
// study.ErrLocked, study.ErrFull, study.ErrUnreachable, study.ErrDenied or
// study.ErrNotFound. No error shows the password.
func Open(ctx context.Context, where string, opts ...Option) (*Store, error) {
	o := options{patience: DefaultPatience, poisoned: func(int64, int) {}}
	for _, apply := range opts {
		apply(&o)
	}
	d, open := &sqliteDialect, openSQLite
	if IsURL(where) {
		d, open = &mysqlDialect, openMySQL
	}
	if o.migrations == nil {
		o.migrations = d.migrations
	}
	s := &Store{where: Redact(where), dialect: d, patience: o.patience, readOnly: o.readOnly, clock: o.clock, poisoned: o.poisoned, reports: newReports()}
	act := "open store " + s.where
	if err := open(ctx, s, where, o); err != nil {
		return nil, s.describe(ctx, act, err)
	}
	return s, nil
}

// Close waits for the transactions under way and closes the database.
func (s *Store) Close() error {
	s.reports.close()
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if s.dialect.unclosed(err) {
		return s.describe(context.Background(), "close store "+s.where, err)
	}
	return nil
}
