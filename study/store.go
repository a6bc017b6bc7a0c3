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
	ErrPaused      = errors.New("the study is paused")            // AddTrial, ClaimTrial
	ErrEnded       = errors.New("the study has ended")            // AddTrial, ClaimTrial, EnqueueTrial
	ErrTimeUp      = errors.New("the study's time is up")         // AddTrial, ClaimTrial
	ErrUnfit       = errors.New("the worker does not fit the study")
	ErrDraining    = errors.New("the worker is draining")
	ErrStop        = errors.New("the trial is to stop")                   // RenewLease, AddMeasurement: what was asked is done
	ErrHeld        = errors.New("another one is sampling")                // HoldSampling
	ErrFenced      = errors.New("the sampling lease is another's by now") // AddTrial
	ErrLeaseLost   = errors.New("the lease is no longer held")            // by anyone but the holder of the current token
	ErrTransition  = errors.New("the trial's state does not allow this")
	ErrConflict    = errors.New("stored already with other content") // a measurement's or checkpoint's epoch written twice
	ErrTooLarge    = errors.New("too large")                         // SaveCheckpoint; of a server, ImportStudy
	ErrState       = errors.New("the trial cannot go on from this state")
	ErrLocked      = errors.New("the database is locked by another process")
	ErrUnreachable = errors.New("the database's server cannot be reached")
	ErrDenied      = errors.New("the database's server denies access")
	ErrReadOnly    = errors.New("the database cannot be written")
	ErrFull        = errors.New("the disk is full")
	ErrNewerSchema = errors.New("the database was made by a newer version")
	ErrOlderSchema = errors.New("the database was made by an older version") // and is opened for reading only
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

// Sampling is the right to add the next trial of a study.
type Sampling struct {
	Epoch  int64 // for Claim.SamplingEpoch
	Number int   // of the next trial, unless one is enqueued before
}

// Claim says who takes a trial, and for how long unless renewed.
type Claim struct {
	Worker      string
	Environment Environment
	TTL         time.Duration
	// SamplingEpoch is that of the claimant's sampling lease, for AddTrial; 0:
	// nobody has ever held one.
	SamplingEpoch int64
	// LostMax is how many attempts may be lost before ClaimTrial fails the
	// trial instead of handing it out again; 0: no bound.
	LostMax int
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
	// StudyByID returns the study of that ID, under whatever name, or ErrNotFound.
	StudyByID(ctx context.Context, id int64) (Study, error)
	// Studies returns all studies, in the order in which the store got them.
	Studies(ctx context.Context) ([]Study, error)
	// SetBudget replaces the study's budget, or returns ErrNotFound. A budget
	// below the number of trials that exist stops new ones; it removes none. A
	// completed study becomes active again.
	SetBudget(ctx context.Context, studyID int64, b Budget) error
	// SetStudyState moves the study, or returns ErrTransition. Trials are handed
	// out only while it is active.
	SetStudyState(ctx context.Context, studyID int64, next StudyState, reason string) error
	// CompleteStudy completes an active study because a bound of that budget is
	// reached. Where somebody has changed state or budget meanwhile, it does
	// nothing. It is no transition that a client requests.
	CompleteStudy(ctx context.Context, studyID int64, b Budget, reason string) error
	// CompleteOverdue completes an active study whose wall time is over. It is no
	// transition that a client requests.
	CompleteOverdue(ctx context.Context, studyID int64) error
	// RenameStudy gives the study another name and returns it. ErrNotFound, or
	// ErrExists when another study has that name.
	RenameStudy(ctx context.Context, studyID int64, name string) (Study, error)
	// DeleteStudy removes the study with all its trials, or returns
	// ErrNotFound. Who holds one of them has lost the lease.
	DeleteStudy(ctx context.Context, studyID int64) error
	// HoldSampling makes the holder the only one that may add trials to the
	// study, for ttl from now or until it has added one. Each new lease has a
	// higher epoch; the same holder keeps its own. ErrHeld: another one has it.
	// Where AddTrial would have no room for a trial now, it fails in the same way.
	HoldSampling(ctx context.Context, studyID int64, holder string, ttl time.Duration) (Sampling, error)
	// Events returns the first of the chosen events, at most limit.
	Events(ctx context.Context, studyID int64, f EventFilter, limit int) ([]Event, error)
	// LastEvent returns the number of the study's latest event, 0 when there is
	// none, or ErrNotFound.
	LastEvent(ctx context.Context, studyID int64) (int64, error)
	// SkipEvents returns the number of an event, f.After or a later one, after
	// which f chooses only events that happened within age by the store's clock
	// (0: at any time), and the last tail of them (0: all).
	SkipEvents(ctx context.Context, studyID int64, f EventFilter, age time.Duration, tail int) (after int64, err error)

	// AddTrial stores a new trial (Number, Parameters, Seed and Saw of t) as
	// running under a new lease. Numbers are given without gaps: ErrNumberTaken
	// when t.Number is not the next one, ErrBudget when the study is full, ErrTimeUp
	// when its wall time is over, ErrFenced when c.SamplingEpoch is not the study's current one.
	// It ends the sampling lease.
	AddTrial(ctx context.Context, studyID int64, t Trial, c Claim) (Trial, Lease, error)
	// ClaimTrial gives the claimant the waiting trial with the lowest number,
	// as a new attempt. A running trial whose lease has expired counts as
	// waiting: its attempt ends as lost, and the trial as failed when that were
	// c.LostMax lost ones. ErrNoTrial: there is none.
	ClaimTrial(ctx context.Context, studyID int64, c Claim) (Trial, Lease, error)
	// Abandoned returns the IDs of studies that hand out no trials and have some
	// that ReleaseAbandoned releases.
	Abandoned(ctx context.Context, silence time.Duration) (studyIDs []int64, err error)
	// ReleaseAbandoned ends what nobody ends in a study that hands out no trials:
	// the attempts whose lease ended longer ago than silence. They are lost; their
	// trials wait for the study to go on, or fail as with ClaimTrial. In an aborted
	// study, which never does, these and the waiting ones fail with its reason. It
	// releases some, and tells whether there may be more. It is no transition that a
	// client requests.
	ReleaseAbandoned(ctx context.Context, studyID int64, silence time.Duration, lostMax int) (more bool, err error)
	// GivenTrial returns what AddTrial or ClaimTrial gave to the request that ctx
	// carries, whatever has become of it since. ErrNotFound: it was given none.
	GivenTrial(ctx context.Context) (Trial, Lease, error)
	// RenewLease prolongs the lease to ttl from now, even an expired one that
	// nobody has taken since. ErrLeaseLost: it is no longer held. ErrStop: it is
	// prolonged, and its trial is to stop.
	RenewLease(ctx context.Context, l Lease, ttl time.Duration) (Lease, error)
	// AddMeasurement stores a measurement of the lease's attempt and renews
	// the lease by the ttl that was last given. The store sets the Attempt and
	// At of what it keeps. Repeating the same measurement is harmless; another
	// one for the same epoch is ErrConflict. ErrStop: it is stored, and the trial
	// is to stop.
	AddMeasurement(ctx context.Context, l Lease, m Measurement) error
	// SaveCheckpoint keeps the state of the lease's trial after an epoch that the
	// attempt has measured, in place of an older one, and renews the lease as
	// AddMeasurement does. Repeating it is harmless; another state of that epoch,
	// or one of an earlier epoch of the attempt, is ErrConflict. ErrTransition:
	// the epoch was not measured. ErrTooLarge: see CheckState.
	SaveCheckpoint(ctx context.Context, l Lease, epoch int, state []byte) error
	// LoadCheckpoint returns the state with which the lease's attempt can go on.
	// ErrNotFound: none was saved, or only one in another environment.
	LoadCheckpoint(ctx context.Context, l Lease) (Checkpoint, []byte, error)
	// FinishTrial ends the trial and drops its checkpoint. Repeating the same outcome with the same
	// lease is harmless; anything else after the end is ErrLeaseLost.
	FinishTrial(ctx context.Context, l Lease, o Outcome) (Trial, error)
	// EnqueueTrial stores a waiting trial of the given parameters and seed with
	// the next number. ErrBudget: the study is full.
	EnqueueTrial(ctx context.Context, studyID int64, p Parameters, seed uint64) (Trial, error)
	// StopTrial asks that the trial stop: a waiting one fails with the reason at
	// once, the holder of a running one gets ErrStop. Of a finished one it is
	// ErrTransition.
	StopTrial(ctx context.Context, studyID int64, number int, reason string) (Trial, error)
	// DeleteTrial takes a trial out of its study: it is listed no more, cannot be
	// the best, and later suggestions do not see its result. Its number and rank
	// stay taken, it counts towards the budget, and all that earlier suggestions
	// saw stays stored. A waiting trial fails first; of a running one it is
	// ErrTransition. It ends the sampling lease with a higher epoch, so that a
	// suggestion under way, which saw the result, is fenced. Repeating it is harmless.
	DeleteTrial(ctx context.Context, studyID int64, number int) (Trial, error)
	// HandBackTrial ends the attempt and makes the trial waiting again.
	HandBackTrial(ctx context.Context, l Lease, reason string) error

	// Trial returns one trial, a deleted one too, or ErrNotFound.
	Trial(ctx context.Context, studyID int64, number int) (Trial, error)
	// Trials returns the chosen trials with their attempts.
	Trials(ctx context.Context, studyID int64, f Filter) ([]Trial, error)
	// RunningByStudy returns how many trials run in each active study, by its ID;
	// studies without any are left out.
	RunningByStudy(ctx context.Context) (map[int64]int, error)
	// RunningByWorker returns how many trials run at each worker, by the name with
	// which it claimed them, in all studies.
	RunningByWorker(ctx context.Context) (map[string]int, error)
	// Counts counts the study's trials, or returns ErrNotFound.
	Counts(ctx context.Context, studyID int64) (Counts, error)
	// Measurements returns what was reported of a trial, by attempt and epoch.
	Measurements(ctx context.Context, studyID int64, number int) ([]Measurement, error)

	// RegisterWorker stores what a worker says of itself and that it was seen;
	// it is no longer draining.
	RegisterWorker(ctx context.Context, w Worker) (Worker, error)
	// SeeWorker notes that a worker was seen and returns it, or ErrNotFound.
	SeeWorker(ctx context.Context, name string) (Worker, error)
	// DrainWorker notes that a worker is to be given no more trials.
	DrainWorker(ctx context.Context, name string) (Worker, error)
	// Workers returns all workers by name.
	Workers(ctx context.Context) ([]Worker, error)

	// ForgetRequests removes what is kept of requests older than age.
	ForgetRequests(ctx context.Context, age time.Duration) error

	// Histories gives each every trial of the study by number, deleted ones too,
	// all as they were at one instant, and returns the first error.
	Histories(ctx context.Context, studyID int64, each func(History) error) error
	// ImportStudy stores a study as another store kept it, with everything but
	// its ID, and the trials that trials passes to add, by number. It calls
	// trials again when it has to begin anew. The lease of a trial that is
	// running has ended: ClaimTrial takes it. Checkpoints stay behind: it begins
	// anew. ErrExists: the name is taken.
	ImportStudy(ctx context.Context, s Study, trials func(add func(History) error) error) (Study, error)

	Close() error
}
