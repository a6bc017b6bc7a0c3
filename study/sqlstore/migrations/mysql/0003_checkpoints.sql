-- The state of a trial after an epoch, with which a later attempt goes on: at
-- most one per trial, none of a finished one.

CREATE TABLE checkpoints (
  study_id   BIGINT   NOT NULL,
  trial      BIGINT   NOT NULL,
  attempt    BIGINT   NOT NULL,
  epoch      BIGINT   NOT NULL,
  size       BIGINT   NOT NULL, -- bytes, of all its parts together
  sha256     CHAR(64) NOT NULL, -- hexadecimal
  created_at BIGINT   NOT NULL,
  PRIMARY KEY (study_id, trial),
  CONSTRAINT checkpoints_of_attempt FOREIGN KEY (study_id, trial, attempt) REFERENCES attempts (study_id, trial, number) ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Of the state of a checkpoint. No foreign key, which would lock the trial for as
-- long as they are written.
CREATE TABLE checkpoint_parts (
  study_id BIGINT     NOT NULL,
  trial    BIGINT     NOT NULL,
  attempt  BIGINT     NOT NULL,
  epoch    BIGINT     NOT NULL,
  number   BIGINT     NOT NULL, -- from 0
  content  MEDIUMBLOB NOT NULL, -- a megabyte, far below every max_allowed_packet
  PRIMARY KEY (study_id, trial, attempt, epoch, number)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
