package study

import (
	"context"
	"errors"
	"time"
)

// Errors that every Store returns, wrapped with the act that failed.
var (
	ErrNotFound    = errors.New("not found")
	ErrExists      = errors.New("exists already")
	ErrNumberTaken = errors.New("trial number is taken")          // AddTrial: suggest again with the newer history
	ErrBudget      = errors.New("the study's trials are used up") // AddTrial
	ErrNoTrial     = errors.New("no trial is waiting")            // ClaimTrial
	ErrLeaseLost   = errors.New("the lease is no longer held")    // by anyone but the holder of the current token
	ErrTransition  = errors.New("the trial's state does not allow this")
	ErrConflict    = errors.New("stored already with other content") // a measurement's epoch written twice
	ErrLocked      = errors.New("the database is locked by another process")
	ErrUnreachable = errors.New("the database's server cannot be reached")
	ErrDenied      = errors.New("the database's server denies access")
	ErrReadOnly    = errors.New("the database cannot be written")
	ErrFull        = errors.New("the disk is full")
	ErrNewerSchema = errors.New("the database was made by a newer version")
	ErrNotStore    = errors.New("this is not a goal-search database")
	ErrCorrupt     = errors.New("the database is damaged and cannot be read whole")
)

// Lease is a worker's hold on a running trial. It ends at ExpiresAt by the
// store's clock unless renewed; only the current Token's holder can report,
// finish or hand back.
type Lease struct {
	StudyID   int64
	Number    int // of the trial
	Attempt   int
	Token     string
	ExpiresAt time.Time
}

// Claim says who takes a trial, and for how long unless renewed.
type Claim struct {
	Worker      string
	Environment Environment
	TTL         time.Duration
}

// Filter chooses trials. Its zero value chooses all of them.
type Filter struct {
	States    []TrialState // none: any
	AfterRank int          // only trials that finished later than this rank; 0: no bound
	ByRank    bool         // finished trials only, in the order in which they finished; else by number
}

// Store keeps studies. Each method is one whole transition: it happens
// entirely or not at all, whatever dies in the middle. A Store may be used
// from many goroutines, and the same database from many processes.
// study/storetest holds what every Store must do.
type Store interface {
	// CreateStudy stores a new study and returns it with its ID and time of
	// creation. ErrExists: the name is taken.
	CreateStudy(ctx context.Context, s Study) (Study, error)
	// Study returns the study of that name, or ErrNotFound.
	Study(ctx context.Context, name string) (Study, error)
	// Studies returns all studies, in the order in which the store got them.
	Studies(ctx context.Context) ([]Study, error)
	// SetBudget replaces the study's budget, or returns ErrNotFound. A budget
	// below the number of trials that exist stops new ones; it removes none.
	SetBudget(ctx context.Context, studyID int64, b Budget) error
	// RenameStudy gives the study another name. ErrNotFound, or ErrExists when
	// another study has that name.
	RenameStudy(ctx context.Context, studyID int64, name string) error
	// DeleteStudy removes the study with all its trials, or returns
	// ErrNotFound. Who holds one of them has lost the lease.
	DeleteStudy(ctx context.Context, studyID int64) error

	// AddTrial stores a new trial (Number, Parameters, Seed and Saw of t) as
	// running under a new lease. Numbers are given without gaps: ErrNumberTaken
	// when t.Number is not the next one, ErrBudget when the study is full.
	AddTrial(ctx context.Context, studyID int64, t Trial, c Claim) (Trial, Lease, error)
	// ClaimTrial gives the claimant the waiting trial with the lowest number,
	// as a new attempt. A running trial whose lease has expired counts as
	// waiting: its attempt ends as lost. ErrNoTrial: there is none.
	ClaimTrial(ctx context.Context, studyID int64, c Claim) (Trial, Lease, error)
	// RenewLease prolongs the lease to ttl from now, even an expired one that
	// nobody has taken since. ErrLeaseLost: it is no longer held.
	RenewLease(ctx context.Context, l Lease, ttl time.Duration) (Lease, error)
	// AddMeasurement stores a measurement of the lease's attempt and renews
	// the lease by the ttl that was last given. The store sets the Attempt and
	// At of what it keeps. Repeating the same measurement is harmless; another
	// one for the same epoch is ErrConflict.
	AddMeasurement(ctx context.Context, l Lease, m Measurement) error
	// FinishTrial ends the trial. Repeating the same outcome with the same
	// lease is harmless; anything else after the end is ErrLeaseLost.
	FinishTrial(ctx context.Context, l Lease, o Outcome) (Trial, error)
	// HandBackTrial ends the attempt and makes the trial waiting again.
	HandBackTrial(ctx context.Context, l Lease, reason string) error

	// Trials returns the chosen trials with their attempts.
	Trials(ctx context.Context, studyID int64, f Filter) ([]Trial, error)
	// Measurements returns what was reported of a trial, by attempt and epoch.
	Measurements(ctx context.Context, studyID int64, number int) ([]Measurement, error)

	// Histories gives each every trial of the study by number, all as they
	// were at one instant, and returns the first error.
	Histories(ctx context.Context, studyID int64, each func(History) error) error
	// ImportStudy stores a study as another store kept it, with everything but
	// its ID, and the trials that trials passes to add, by number. It calls
	// trials again when it has to begin anew. The lease of a trial that is
	// running has ended: ClaimTrial takes it. ErrExists: the name is taken.
	ImportStudy(ctx context.Context, s Study, trials func(add func(History) error) error) (Study, error)

	Close() error
}
