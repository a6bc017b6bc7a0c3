package coordinator

import (
	"fmt"

	"github.com/goal-search/goal-search/study"
)

// fits tells whether the worker can run the study's trials; else the error is
// ErrUnfit, with the reason.
func fits(s study.Study, ask Ask) error {
	if !study.Satisfies(ask.Labels, s.Labels) {
		return fmt.Errorf("%w: study %s requires the labels %v, the worker has %v", study.ErrUnfit, s.Name, s.Labels, ask.Labels)
	}
	want := s.Spec.DataSet
	for _, got := range ask.DataSets {
		if got.Name != want.Name || got.Images != want.Images || got.Hash == want.Hash {
			continue
		}
		if got.Hash == "" {
			return fmt.Errorf("%w: study %s needs data set %s (%d images), which the worker cannot open",
				study.ErrUnfit, s.Name, want.Name, want.Images)
		}
		return fmt.Errorf("%w: study %s was made with other images: its %s (%d images) has hash %s, the worker's has %s",
			study.ErrUnfit, s.Name, want.Name, want.Images, want.Hash, got.Hash)
	}
	return nil
}
