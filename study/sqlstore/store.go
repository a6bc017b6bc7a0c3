package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Store is a study.Store on an SQL database.
type Store struct {
	where string // the database's name in errors
	// SQLite has one writer at a time: a second connection of this process
	// would only poll for the lock, while callers of one connection queue.
	writer *sql.DB
	reader *sql.DB
	clock  func() time.Time // nil: the database's own
}

var _ study.Store = (*Store)(nil)

// Option changes how Open works.
type Option func(*options)

type options struct {
	busyTimeout time.Duration
	clock       func() time.Time
	readOnly    bool
	migrations  []migration
}

// DefaultBusyTimeout is how long a transaction waits for another process to
// end its own before it fails with study.ErrLocked.
const DefaultBusyTimeout = 10 * time.Second

// WithBusyTimeout replaces DefaultBusyTimeout.
func WithBusyTimeout(d time.Duration) Option { return func(o *options) { o.busyTimeout = d } }

// WithClock replaces the database's clock, so that a test can let leases end
// without waiting. All users of one database must have the same clock.
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// ReadOnly opens a database that exists already for reading: it creates and
// upgrades nothing, and every method that writes fails with study.ErrReadOnly.
func ReadOnly() Option { return func(o *options) { o.readOnly = true } }

// Open opens the SQLite database in the file at path. It makes the file, and
// the folders that lead to it, readable by their owner only if they do not
// exist, and brings an older schema up to date. It fails with
// study.ErrNotStore when the file is something else, which it then leaves as
// it was, with study.ErrNewerSchema, study.ErrCorrupt, study.ErrReadOnly,
// study.ErrLocked or study.ErrFull.
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	o := options{busyTimeout: DefaultBusyTimeout, migrations: sqliteMigrations}
	for _, apply := range opts {
		apply(&o)
	}
	s, err := openSQLite(ctx, path, o)
	if err != nil {
		return nil, describe(ctx, "open store "+path, err)
	}
	return s, nil
}

// Close waits for the transactions under way and closes the database.
func (s *Store) Close() error {
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if err != nil {
		return describe(context.Background(), "close store "+s.where, err)
	}
	return nil
}

// transaction is one transition under way.
type transaction struct {
	*sql.Tx
	now int64 // by the store's clock
}

// change runs f in a transaction that writes. It commits when f returns nil;
// otherwise, and when ctx ends before, nothing has happened.
func (s *Store) change(ctx context.Context, act string, f func(tx *transaction) error) error {
	err := s.transact(ctx, s.writer, nil, func(tx *sql.Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		return f(&transaction{tx, now})
	})
	return s.failed(ctx, act, err)
}

// view runs f on one state of the database, whatever others write meanwhile.
func (s *Store) view(ctx context.Context, act string, f func(tx *sql.Tx) error) error {
	err := s.transact(ctx, s.reader, &sql.TxOptions{ReadOnly: true}, f)
	return s.failed(ctx, act, err)
}

func (s *Store) transact(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (s *Store) now(ctx context.Context, tx *sql.Tx) (int64, error) {
	if s.clock != nil {
		return s.clock().UnixMicro(), nil
	}
	var now int64
	err := tx.QueryRowContext(ctx, sqliteNow).Scan(&now)
	return now, err
}

// failed names the act and, where the database itself failed, the database.
func (s *Store) failed(ctx context.Context, act string, err error) error {
	if err == nil {
		return nil
	}
	if !isContract(err) {
		act = fmt.Sprintf("%s in store %s", act, s.where)
	}
	return describe(ctx, act, err)
}
