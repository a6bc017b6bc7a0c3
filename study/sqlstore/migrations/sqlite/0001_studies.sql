-- Times are microseconds since 1970 UTC. Columns of type ANY hold doubles: a
-- REAL column would store -0 as 0.

CREATE TABLE studies (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT    NOT NULL UNIQUE,
  spec          TEXT    NOT NULL, -- JSON of study.Spec
  budget_trials INTEGER NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE trials (
  study_id         INTEGER NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
  number           INTEGER NOT NULL,
  state            TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'complete', 'pruned', 'failed')),
  parameters       TEXT    NOT NULL, -- JSON object, name to number
  seed             TEXT    NOT NULL, -- decimal: SQLite's integers end at 2^63 - 1
  saw              INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  attempt          INTEGER NOT NULL, -- number of the latest attempt
  token            TEXT    NOT NULL, -- of the latest attempt's lease; '' once handed back
  lease_ttl        INTEGER NOT NULL, -- microseconds, as last asked for
  lease_expires_at INTEGER NOT NULL, -- means something only while running
  finish_rank      INTEGER,
  value            ANY,
  reason           TEXT    NOT NULL,
  finished_at      INTEGER,
  PRIMARY KEY (study_id, number),
  CHECK ((finish_rank IS NULL) = (state IN ('waiting', 'running'))),
  CHECK ((finished_at IS NULL) = (finish_rank IS NULL)),
  CHECK ((value IS NULL) = (state NOT IN ('complete', 'pruned')))
) STRICT;

-- For ask, tell and heartbeat, none of which may look at finished trials.
CREATE INDEX trials_by_state ON trials (study_id, state, number);
CREATE UNIQUE INDEX trials_by_rank ON trials (study_id, finish_rank);

CREATE TABLE attempts (
  study_id    INTEGER NOT NULL,
  trial       INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  worker      TEXT    NOT NULL,
  version     TEXT    NOT NULL,
  kernel_path TEXT    NOT NULL,
  data_hash   TEXT    NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  ended       TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  PRIMARY KEY (study_id, trial, number),
  FOREIGN KEY (study_id, trial) REFERENCES trials (study_id, number) ON DELETE CASCADE,
  CHECK ((ended_at IS NULL) = (ended = ''))
) STRICT;

CREATE TABLE measurements (
  study_id   INTEGER NOT NULL,
  trial      INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  value      ANY     NOT NULL, -- a double, or 'NaN', 'Infinity', '-Infinity'
  metrics    TEXT    NOT NULL, -- JSON of study.Metrics
  elapsed    INTEGER NOT NULL, -- nanoseconds
  created_at INTEGER NOT NULL,
  PRIMARY KEY (study_id, trial, attempt, epoch),
  FOREIGN KEY (study_id, trial, attempt) REFERENCES attempts (study_id, trial, number) ON DELETE CASCADE
) STRICT;
