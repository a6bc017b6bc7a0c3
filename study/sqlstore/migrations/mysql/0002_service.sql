-- What a service needs: states of studies, events, one sampler at a time,
-- requests that happen once, workers.

-- bounds and labels are JSON; of trials, budget_trials counts.
ALTER TABLE studies
  ADD COLUMN bounds              TEXT         NOT NULL DEFAULT ('{}'),
  ADD COLUMN priority            BIGINT       NOT NULL DEFAULT 0,
  ADD COLUMN labels              TEXT         NOT NULL DEFAULT ('{}'),
  ADD COLUMN state               VARCHAR(9)   NOT NULL DEFAULT 'active',
  ADD COLUMN state_reason        MEDIUMTEXT   NOT NULL DEFAULT (''),
  ADD COLUMN events              BIGINT       NOT NULL DEFAULT 0,
  ADD COLUMN sampling_holder     VARCHAR(100) NOT NULL DEFAULT '',
  ADD COLUMN sampling_epoch      BIGINT       NOT NULL DEFAULT 0,
  ADD COLUMN sampling_expires_at BIGINT       NOT NULL DEFAULT 0,
  ADD CONSTRAINT studies_state CHECK (state IN ('active', 'paused', 'completed', 'aborted'));

ALTER TABLE trials
  ADD COLUMN stop_reason MEDIUMTEXT NOT NULL DEFAULT (''),
  ADD COLUMN lost        BIGINT     NOT NULL DEFAULT 0;

CREATE TABLE events (
  study_id   BIGINT      NOT NULL,
  number     BIGINT      NOT NULL,
  kind       VARCHAR(16) NOT NULL,
  trial      BIGINT      NOT NULL,
  attempt    BIGINT      NOT NULL,
  epoch      BIGINT      NOT NULL,
  state      VARCHAR(9)  NOT NULL,
  reason     MEDIUMTEXT  NOT NULL,
  created_at BIGINT      NOT NULL,
  PRIMARY KEY (study_id, number),
  CONSTRAINT events_of_study FOREIGN KEY (study_id) REFERENCES studies (id) ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE requests (
  id          VARCHAR(120) NOT NULL PRIMARY KEY,
  fingerprint VARCHAR(100) NOT NULL,
  result      MEDIUMTEXT   NOT NULL,
  created_at  BIGINT       NOT NULL,
  KEY requests_by_time (created_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE workers (
  name         VARCHAR(200) NOT NULL PRIMARY KEY,
  version      TEXT         NOT NULL,
  kernel_path  TEXT         NOT NULL,
  slots        BIGINT       NOT NULL,
  labels       TEXT         NOT NULL,
  draining     BIGINT       NOT NULL,
  created_at   BIGINT       NOT NULL,
  last_seen_at BIGINT       NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
