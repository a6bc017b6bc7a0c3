-- What a service needs: states of studies, events, one sampler at a time,
-- requests that happen once, workers.

ALTER TABLE studies ADD COLUMN bounds TEXT NOT NULL DEFAULT '{}'; -- JSON of study.Budget; of trials, budget_trials counts
ALTER TABLE studies ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN labels TEXT NOT NULL DEFAULT '{}'; -- JSON object
ALTER TABLE studies ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'completed', 'aborted'));
ALTER TABLE studies ADD COLUMN state_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN events INTEGER NOT NULL DEFAULT 0; -- number of the latest
ALTER TABLE studies ADD COLUMN sampling_holder TEXT NOT NULL DEFAULT ''; -- '': nobody samples
ALTER TABLE studies ADD COLUMN sampling_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN sampling_expires_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE trials ADD COLUMN stop_reason TEXT NOT NULL DEFAULT ''; -- '': it may go on
ALTER TABLE trials ADD COLUMN lost INTEGER NOT NULL DEFAULT 0; -- attempts

CREATE TABLE events (
  study_id   INTEGER NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  kind       TEXT    NOT NULL,
  trial      INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  epoch      INTEGER NOT NULL, -- means something only when it was measured
  state      TEXT    NOT NULL, -- of the study, '' when it did not change
  reason     TEXT    NOT NULL, -- of that state
  created_at INTEGER NOT NULL,
  PRIMARY KEY (study_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  id          TEXT    NOT NULL PRIMARY KEY,
  fingerprint TEXT    NOT NULL,
  result      TEXT    NOT NULL, -- JSON of what the transition returned
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_by_time ON requests (created_at);

CREATE TABLE workers (
  name         TEXT    NOT NULL PRIMARY KEY,
  version      TEXT    NOT NULL,
  kernel_path  TEXT    NOT NULL,
  slots        INTEGER NOT NULL,
  labels       TEXT    NOT NULL, -- JSON object
  draining     INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;
