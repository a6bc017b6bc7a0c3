package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/goal-search/goal-search/study"
)

// Between two tries of the same transition.
const (
	pauseFirst = 5 * time.Millisecond
	pauseMax   = 500 * time.Millisecond
)

// errRenewed ends a try that chose a trial whose lease was then renewed.
var errRenewed = errors.New("the lease was renewed meanwhile")

// transaction is one transition under way.
type transaction struct {
	*sql.Tx
	*dialect
	now int64 // by the store's clock
	// uncertain: an earlier try of this transition may have happened, for the
	// connection broke while it was committed. It must not happen twice.
	uncertain bool
}

// scope is what a transition locks before it looks at the clock or at
// anything else: what it then decides stays true until it commits. A study is
// always locked before its trials, so that none waits for the other.
type scope struct {
	query string
	args  []any
}

// nothing is the scope of a transition that depends on unique keys alone.
var nothing scope

// wholeStudy is for what gives numbers, ranks or attempts.
func wholeStudy(id int64) scope {
	return scope{`SELECT id FROM studies WHERE id = ?`, []any{id}}
}

// oneTrial is for what its holder alone may do. Many happen at once.
func oneTrial(l study.Lease) scope {
	return scope{`SELECT number FROM trials WHERE study_id = ? AND number = ?`, []any{l.StudyID, l.Number}}
}

func (tx *transaction) acquire(ctx context.Context, what scope) error {
	if tx.lock == "" || what.query == "" {
		return nil
	}
	var ignored int64
	err := tx.QueryRowContext(ctx, what.query+tx.lock, what.args...).Scan(&ignored)
	if errors.Is(err, sql.ErrNoRows) { // the transition itself says so
		return nil
	}
	return err
}

// change runs f in a transaction that writes. It commits when f returns nil;
// otherwise, and when ctx ends before, nothing has happened. f runs again when
// the database was in the way.
func (s *Store) change(ctx context.Context, act string, what scope, f func(tx *transaction) error) error {
	return s.failed(ctx, act, s.write(ctx, what, f))
}

// write is change whose error names no act.
func (s *Store) write(ctx context.Context, what scope, f func(tx *transaction) error) error {
	if s.readOnly {
		return study.ErrReadOnly
	}
	uncertain := false
	err := s.persist(ctx, func() error {
		committing, err := s.transact(ctx, s.writer, nil, func(tx *transaction) (err error) {
			tx.uncertain = uncertain
			if err := tx.acquire(ctx, what); err != nil {
				return err
			}
			if tx.now, err = s.now(ctx, tx); err != nil {
				return err
			}
			return f(tx)
		})
		uncertain = uncertain || committing && s.dialect.isLost(err)
		return err
	})
	if uncertain && s.dialect.isLost(err) {
		err = fmt.Errorf("%w: it is not known whether this was stored", err)
	}
	return err
}

// view runs f on one state of the database, whatever others write meanwhile,
// and again when the connection broke.
func (s *Store) view(ctx context.Context, act string, f func(tx *transaction) error) error {
	err := s.persist(ctx, func() error { return s.look(ctx, f) })
	return s.failed(ctx, act, err)
}

// look is view that runs f once.
func (s *Store) look(ctx context.Context, f func(tx *transaction) error) error {
	_, err := s.transact(ctx, s.reader, &s.dialect.view, f)
	return err
}

// persist tries again, for as long as the store's patience lasts, what failed
// for a reason that passes.
func (s *Store) persist(ctx context.Context, try func() error) error {
	end := time.Now().Add(s.patience)
	for pause := pauseFirst; ; pause = min(2*pause, pauseMax) {
		err := try()
		if err == nil || !s.dialect.passes(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause/2)): // those who collided part
		case <-ctx.Done():
			return err
		}
	}
}

// transact also tells whether it was committing when it failed.
func (s *Store) transact(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(tx *transaction) error) (committing bool, err error) {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := f(&transaction{Tx: tx, dialect: s.dialect}); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func (s *Store) now(ctx context.Context, tx *transaction) (int64, error) {
	if s.clock != nil {
		return s.clock().UnixMicro(), nil
	}
	var now int64
	err := tx.QueryRowContext(ctx, s.dialect.now).Scan(&now)
	return now, err
}

// querier is a database, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
