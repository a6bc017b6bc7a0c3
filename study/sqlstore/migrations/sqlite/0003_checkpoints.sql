-- The state of a trial after an epoch, with which a later attempt goes on: at
-- most one per trial, none of a finished one.

CREATE TABLE checkpoints (
  study_id   INTEGER NOT NULL,
  trial      INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  size       INTEGER NOT NULL, -- bytes, of all its parts together
  sha256     TEXT    NOT NULL, -- hexadecimal
  created_at INTEGER NOT NULL,
  PRIMARY KEY (study_id, trial),
  FOREIGN KEY (study_id, trial, attempt) REFERENCES attempts (study_id, trial, number) ON DELETE CASCADE
) STRICT;

-- Of the state of a checkpoint. No foreign key, which would lock the trial for as
-- long as they are written.
CREATE TABLE checkpoint_parts (
  study_id INTEGER NOT NULL,
  trial    INTEGER NOT NULL,
  attempt  INTEGER NOT NULL,
  epoch    INTEGER NOT NULL,
  number   INTEGER NOT NULL, -- from 0
  content  BLOB    NOT NULL,
  PRIMARY KEY (study_id, trial, attempt, epoch, number)
) STRICT;
