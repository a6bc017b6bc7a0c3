package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/goal-search/goal-search/study"
)

// TestNothingScansFinishedTrials asks SQLite how it runs every statement of
// ask, tell and heartbeat. Each step must be a search in an index that
// excludes finished trials, or one whose first row is the answer.
func TestNothingScansFinishedTrials(t *testing.T) {
	store, s := newStore(t)
	log := &statementLog{}
	store.writer, store.reader = log.watch(t, store.writer), log.watch(t, store.reader)
	everyHotPath(t, store, s, 0)
	if err := sweepAborted(t.Context(), store, s); err != nil {
		t.Fatal(err)
	}
	statements := log.distinct()
	if len(statements) < 15 {
		t.Fatalf("got %d statements, want all", len(statements))
	}
	for _, statement := range statements {
		for _, step := range planOf(t, store.where, statement) {
			if !isBounded(statement, step) {
				t.Errorf("%q in\n%s", step, statement)
			}
		}
	}
}

// everyHotPath does what workers and the coordinator do all the time, with a
// new trial of that number, which is then the last one that finished.
func everyHotPath(t *testing.T, store *Store, s study.Study, number int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	c := aClaim
	var err error
	_, err = store.Study(ctx, s.Name)
	must(err)
	held, err := store.HoldSampling(ctx, s.ID, "ada", time.Minute)
	must(err)
	c.SamplingEpoch = held.Epoch
	_, l, err := store.AddTrial(ctx, s.ID, study.Trial{Number: number, Parameters: study.Parameters{"a": 0.5}}, c)
	must(err)
	must(store.HandBackTrial(ctx, l, "leaving"))
	short := study.Claim{TTL: time.Microsecond, LostMax: 5}
	for _, sweep := range []bool{true, false} {
		_, _, err = store.ClaimTrial(ctx, s.ID, short) // waiting
		must(err)
		time.Sleep(2 * time.Millisecond) // on the database's own clock
		if sweep {
			must(sweepPaused(ctx, store, s))
		}
	}
	_, l, err = store.ClaimTrial(ctx, s.ID, aClaim) // expired
	must(err)
	byStudy, err := store.RunningByStudy(ctx)
	must(err)
	byWorker, err := store.RunningByWorker(ctx)
	must(err)
	if byStudy[s.ID] != 1 || byWorker[aClaim.Worker] != 1 {
		t.Fatalf("by study %v and by worker %v, want one of each", byStudy, byWorker)
	}
	_, err = store.RenewLease(ctx, l, time.Minute)
	must(err)
	once := study.WithRequest(ctx, study.Request{ID: fmt.Sprint(number)})
	must(store.AddMeasurement(once, l, study.Measurement{Value: 1}))
	must(reportTogether(ctx, store, l, 1, 2, 3))
	must(store.SaveCheckpoint(ctx, l, 0, []byte("state")))
	_, _, err = store.LoadCheckpoint(ctx, l)
	must(err)
	last, err := store.LastEvent(ctx, s.ID)
	must(err)
	_, err = store.Events(ctx, s.ID, study.EventFilter{After: last - 1, UpTo: last}, 10)
	must(err)
	_, err = store.Trial(ctx, s.ID, number)
	must(err)
	_, err = store.Trials(ctx, s.ID, study.Filter{Numbers: []int{number}})
	must(err)
	_, err = store.FinishTrial(ctx, l, study.Outcome{State: study.Complete, Value: 1})
	must(err)
	_, err = store.DeleteTrial(ctx, s.ID, number)
	must(err)
	_, err = store.Trials(ctx, s.ID, study.Filter{AfterRank: number, Order: study.ByRank, Deleted: true})
	must(err)
	_, err = store.Trials(ctx, s.ID, study.Filter{UnseenFrom: number + 1})
	must(err)
	_, err = store.Trials(ctx, s.ID, study.Filter{States: []study.TrialState{study.Waiting, study.Running}})
	must(err)
}

// sweepPaused releases the study's trials whose leases have ended.
func sweepPaused(ctx context.Context, store *Store, s study.Study) error {
	if err := store.SetStudyState(ctx, s.ID, study.StudyPaused, ""); err != nil {
		return err
	}
	if ids, err := store.Abandoned(ctx, 0); err != nil || len(ids) != 1 {
		return fmt.Errorf("trials of %d studies are abandoned, want one: %w", len(ids), err)
	}
	if _, err := store.ReleaseAbandoned(ctx, s.ID, 0, 5); err != nil {
		return err
	}
	return store.SetStudyState(ctx, s.ID, study.StudyActive, "")
}

// sweepAborted fails the waiting trials of a study.
func sweepAborted(ctx context.Context, store *Store, s study.Study) error {
	if _, err := store.EnqueueTrial(ctx, s.ID, study.Parameters{}, 1); err != nil {
		return err
	}
	if err := store.SetStudyState(ctx, s.ID, study.StudyAborted, ""); err != nil {
		return err
	}
	_, err := store.ReleaseAbandoned(ctx, s.ID, 0, 5)
	return err
}

// reportTogether reports epochs in one transaction, as if they were of as many
// trials.
func reportTogether(ctx context.Context, store *Store, l study.Lease, epochs ...int) error {
	var all []*report
	for _, epoch := range epochs {
		request := study.Request{ID: fmt.Sprintf("%d of %d", epoch, l.Number)}
		m := study.Measurement{Attempt: l.Attempt, Epoch: epoch, Value: 1}
		all = append(all, &report{lease: l, m: m, request: request, done: make(chan struct{})})
	}
	store.storeReports(ctx, all)
	var errs []error
	for _, r := range all {
		errs = append(errs, r.err)
	}
	return errors.Join(errs...)
}

var (
	unfinished = regexp.MustCompile(`trials_by_state \(study_id=\? AND state=\?`)
	oneRow     = regexp.MustCompile(`SEARCH \w+ USING .*(number=\?|epoch=\?|rowid=\?|name=\?|trial=\?)`)
	newOnes    = regexp.MustCompile(`SEARCH t USING INDEX trials_by_rank \(study_id=\? AND finish_rank>\?\)`)
	deleted    = regexp.MustCompile(`SEARCH t USING INDEX trials_by_deletion \(study_id=\? AND unseen_from>\?\)`)
	newEvents  = regexp.MustCompile(`SEARCH e USING PRIMARY KEY \(study_id=\? AND number>\? AND number<\?\)`)
	oneRequest = regexp.MustCompile(`SEARCH requests USING INDEX sqlite_autoindex_requests_1 \(id=\?\)`)
	givenRows  = regexp.MustCompile(`^SCAN (CONSTANT ROW|\d+-ROW VALUES CLAUSE)`)              // the statement's own
	theStudies = regexp.MustCompile(`^SCAN s( USING COVERING INDEX \w+)?$`)                    // all of them, which is no trial
	heading    = regexp.MustCompile(`^(MULTI-INDEX OR|INDEX \d+|MERGE \(UNION\)|LEFT|RIGHT)$`) // the steps of each follow
	inOrder    = regexp.MustCompile(`SEARCH \w+ USING .*\(study_id=\?\)`)
)

// isBounded tells whether a step's cost does not grow with finished trials.
func isBounded(statement, step string) bool {
	switch {
	case unfinished.MatchString(step), oneRow.MatchString(step), newOnes.MatchString(step),
		deleted.MatchString(step), newEvents.MatchString(step), oneRequest.MatchString(step):
		return true
	case inOrder.MatchString(step): // the plan has no sort, see below, so it ends at the first row
		return strings.HasSuffix(statement, "LIMIT 1")
	case strings.HasPrefix(step, "USE TEMP B-TREE"): // sorts what the steps before it found
		return !strings.HasSuffix(statement, "LIMIT 1")
	}
	return theStudies.MatchString(step) || givenRows.MatchString(step) || heading.MatchString(step)
}

func planOf(t *testing.T, path, statement string) []string {
	t.Helper()
	args := make([]any, strings.Count(statement, "?"))
	rows, err := raw(t, path).QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, args...)
	if err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestPlanCheckKnowsAScan(t *testing.T) {
	store, _ := newStore(t)
	for _, statement := range []string{
		`SELECT number FROM trials WHERE study_id = ? AND token = ?`,
		`SELECT number FROM trials WHERE study_id = ? ORDER BY token LIMIT 1`,
		`SELECT count(*) FROM trials`,
	} {
		bounded := true
		for _, step := range planOf(t, store.where, statement) {
			bounded = bounded && isBounded(statement, step)
		}
		if bounded {
			t.Errorf("taken for bounded: %s", statement)
		}
	}
}

// statementLog keeps the statements that went through a connection.
type statementLog struct {
	mu         sync.Mutex
	statements []string
}

func (g *statementLog) distinct() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := make(map[string]bool)
	var all []string
	for _, s := range g.statements {
		if s = strings.Join(strings.Fields(s), " "); !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

// watch replaces db by one that logs.
func (g *statementLog) watch(t *testing.T, db *sql.DB) *sql.DB {
	t.Helper()
	var path string
	if err := db.QueryRowContext(t.Context(), `SELECT file FROM pragma_database_list`).Scan(&path); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	connector, err := sqlite.NewConnector("file:" + filepath.ToSlash(path) + "?_foreign_keys=on")
	if err != nil {
		t.Fatal(err)
	}
	watched := sql.OpenDB(watchedConnector{connector, g})
	t.Cleanup(func() { watched.Close() })
	return watched
}

type watchedConnector struct {
	driver.Connector
	log *statementLog
}

func (c watchedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return &watchedConn{conn.(sqliteConn), c.log}, err
}

// sqliteConn is what the driver's connections can do, as far as it matters.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.QueryerContext
	driver.ExecerContext
}

type watchedConn struct {
	sqliteConn
	log *statementLog
}

func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.log.add(query)
	return c.sqliteConn.QueryContext(ctx, query, args)
}

func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.log.add(query)
	return c.sqliteConn.ExecContext(ctx, query, args)
}

func (g *statementLog) add(statement string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.statements = append(g.statements, statement)
}
