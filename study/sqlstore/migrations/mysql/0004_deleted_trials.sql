-- A trial that was deleted stays, so that suggestions that saw it can be made again.

-- deleted_at is NULL where it was not; unseen_from is the number of the first
-- trial whose suggestion does not see it. The key is for who keeps the results in
-- memory: what was deleted since is found at once.
ALTER TABLE trials
  ADD COLUMN deleted_at  BIGINT,
  ADD COLUMN unseen_from BIGINT,
  ADD KEY trials_by_deletion (study_id, unseen_from),
  ADD CONSTRAINT trials_deleted CHECK ((unseen_from IS NULL) = (deleted_at IS NULL) AND (unseen_from IS NULL OR finish_rank IS NOT NULL));
