-- Times are microseconds since 1970 UTC. The collation compares bytes.

CREATE TABLE studies (
  id            BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name          VARCHAR(100) NOT NULL UNIQUE,
  spec          MEDIUMTEXT   NOT NULL, -- JSON of study.Spec
  budget_trials BIGINT       NOT NULL,
  created_at    BIGINT       NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The indexes are for ask, tell and heartbeat, none of which may look at
-- finished trials.
CREATE TABLE trials (
  study_id         BIGINT      NOT NULL,
  number           BIGINT      NOT NULL,
  state            VARCHAR(8)  NOT NULL CHECK (state IN ('waiting', 'running', 'complete', 'pruned', 'failed')),
  parameters       MEDIUMTEXT  NOT NULL, -- JSON object, name to number
  seed             VARCHAR(20) NOT NULL, -- decimal
  saw              BIGINT      NOT NULL,
  created_at       BIGINT      NOT NULL,
  attempt          BIGINT      NOT NULL, -- number of the latest attempt
  token            VARCHAR(64) NOT NULL, -- of the latest attempt's lease; '' once handed back
  lease_ttl        BIGINT      NOT NULL, -- microseconds, as last asked for
  lease_expires_at BIGINT      NOT NULL, -- means something only while running
  finish_rank      BIGINT,
  value            DOUBLE,
  value_name       VARCHAR(9), -- '-0' beside the value 0, which MariaDB keeps without its sign
  reason           MEDIUMTEXT  NOT NULL,
  finished_at      BIGINT,
  PRIMARY KEY (study_id, number),
  UNIQUE KEY trials_by_rank (study_id, finish_rank),
  KEY trials_by_state (study_id, state, number),
  CONSTRAINT trials_of_study FOREIGN KEY (study_id) REFERENCES studies (id) ON DELETE CASCADE,
  CONSTRAINT trials_rank CHECK ((finish_rank IS NULL) = (state IN ('waiting', 'running'))),
  CONSTRAINT trials_finished CHECK ((finished_at IS NULL) = (finish_rank IS NULL)),
  CONSTRAINT trials_value CHECK ((value IS NULL) = (state NOT IN ('complete', 'pruned')))
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE attempts (
  study_id    BIGINT      NOT NULL,
  trial       BIGINT      NOT NULL,
  number      BIGINT      NOT NULL,
  worker      TEXT        NOT NULL,
  version     TEXT        NOT NULL,
  kernel_path TEXT        NOT NULL,
  data_hash   TEXT        NOT NULL,
  started_at  BIGINT      NOT NULL,
  ended_at    BIGINT,
  ended       VARCHAR(16) NOT NULL,
  reason      MEDIUMTEXT  NOT NULL,
  PRIMARY KEY (study_id, trial, number),
  CONSTRAINT attempts_of_trial FOREIGN KEY (study_id, trial) REFERENCES trials (study_id, number) ON DELETE CASCADE,
  CONSTRAINT attempts_ended CHECK ((ended_at IS NULL) = (ended = ''))
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE measurements (
  study_id   BIGINT     NOT NULL,
  trial      BIGINT     NOT NULL,
  attempt    BIGINT     NOT NULL,
  epoch      BIGINT     NOT NULL,
  value      DOUBLE,
  value_name VARCHAR(9), -- 'NaN', 'Infinity' or '-Infinity' in place of a value; '-0' beside 0
  metrics    MEDIUMTEXT NOT NULL, -- JSON of study.Metrics
  elapsed    BIGINT     NOT NULL, -- nanoseconds
  created_at BIGINT     NOT NULL,
  PRIMARY KEY (study_id, trial, attempt, epoch),
  CONSTRAINT measurements_of_attempt FOREIGN KEY (study_id, trial, attempt) REFERENCES attempts (study_id, trial, number) ON DELETE CASCADE,
  CONSTRAINT measurements_value CHECK (value IS NOT NULL OR value_name IS NOT NULL)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
