-- A trial that was deleted stays, so that suggestions that saw it can be made again.

ALTER TABLE trials ADD COLUMN deleted_at INTEGER; -- NULL: it was not
ALTER TABLE trials ADD COLUMN unseen_from INTEGER -- number of the first trial whose suggestion does not see it
  CHECK ((unseen_from IS NULL) = (deleted_at IS NULL) AND (unseen_from IS NULL OR finish_rank IS NOT NULL));

-- For who keeps the results in memory: what was deleted since is found at once.
CREATE INDEX trials_by_deletion ON trials (study_id, unseen_from) WHERE unseen_from IS NOT NULL;
