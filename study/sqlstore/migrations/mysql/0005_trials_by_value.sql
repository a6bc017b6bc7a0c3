-- For lists of the best trials, of which a page costs its own length, however
-- many trials there are.
CREATE INDEX trials_by_value ON trials (study_id, value DESC, number);
