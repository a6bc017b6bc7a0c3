package main

import (
	"context"
	"fmt"
	"reflect"

	"github.com/goal-search/goal-search/internal/daemon"
	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// resume goes on with a study. What was given must agree with it; --trials
// becomes its new total, though not less than there are. The data set is
// opened where the trials will be run here.
func resume(ctx context.Context, store keeper, s study.Study, o startOptions, here bool) (joined, error) {
	if err := o.checkAgainst(s); err != nil {
		return joined{}, err
	}
	if s.State == study.StudyAborted {
		return joined{}, fmt.Errorf("study %s is %s\nGive a new study another name with --study", s.Name, stateText(s))
	}
	counts, err := store.Counts(ctx, s.ID)
	if err != nil {
		return joined{}, err
	}
	before, budget := s.Budget, o.budget(s.Budget)
	if o.given["trials"] {
		budget.Trials = max(budget.Trials, counts.Total())
	}
	changed := !reflect.DeepEqual(budget, before)
	s.Budget = budget
	j := joined{study: s, finished: counts.Finished()}
	ended := s.State == study.StudyCompleted && !changed
	if j.complete = ended || j.finished >= budget.Trials; !j.complete && here {
		if j.set, err = openStudyData(s, o.dataDir); err != nil {
			return j, err
		}
	}
	if changed {
		err = store.SetBudget(ctx, s.ID, budget)
	}
	if err == nil && s.State == study.StudyPaused {
		err = store.SetStudyState(ctx, s.ID, study.StudyActive, "started again")
	}
	return j, err
}

// openStudyData opens the very images that the study was made with.
func openStudyData(s study.Study, dir string) (*dataset.Set, error) {
	set, err := openData(s.Spec.DataSet.Name, dir, s.Spec.DataSet.Images)
	if err != nil {
		return nil, err
	}
	if err := daemon.CheckData(s, set); err != nil {
		return nil, exitError{exitUsage, err}
	}
	return set, nil
}

// checkAgainst names the first setting that was given and is not the study's,
// with both values.
func (o startOptions) checkAgainst(s study.Study) error {
	c, err := objective.DecodeConfig(s.Spec.Objective)
	if err != nil {
		return err
	}
	if o.given["images"] && o.images == 0 {
		if manifest, err := dataset.ManifestOf(s.Spec.DataSet.Name); err == nil {
			o.images = manifest.TrainImages
		}
	}
	for _, setting := range o.settings(s, c) {
		if o.given[setting.flag] && setting.was != setting.now {
			return usageError("study %s was made with --%s %v, not %v: leave the flag out, or give another --study name",
				s.Name, setting.flag, setting.was, setting.now)
		}
	}
	return o.checkSpace(s, c.Network)
}

type settingPair struct {
	flag     string
	was, now any
}

func (o startOptions) settings(s study.Study, c trainer.Config) []settingPair {
	return []settingPair{
		{"sampler", s.Spec.Sampler.Name, o.sampler},
		{"seed", s.Spec.Sampler.Seed, o.seed},
		{"dataset", s.Spec.DataSet.Name, o.dataset},
		{"images", s.Spec.DataSet.Images, o.images},
		{"network", c.Network, o.network},
		{"hidden", c.Hidden, o.hidden},
		{"max-connections", c.MaxConnections, o.connections},
		{"epochs", c.Epochs, o.epochs},
		{"batch-size", c.BatchSize, o.batchSize},
		{"trainer-seed", s.Spec.TrainerSeed, o.trainerSeed},
	}
}

// checkSpace does the same for --fix and --range.
func (o startOptions) checkSpace(s study.Study, network string) error {
	parameters, err := o.parameters(network)
	if err != nil {
		return err
	}
	wanted := s.Spec.Space
	for _, p := range parameters {
		wanted = objective.With(wanted, p)
	}
	for i, now := range wanted {
		was := "leaves " + now.Name + " as it is"
		if i < len(s.Spec.Space) {
			if s.Spec.Space[i] == now {
				continue
			}
			was = describeParameter(s.Spec.Space[i])
		}
		return usageError("study %s %s, now it %s: leave the flag out, or give another --study name", s.Name, was, describeParameter(now))
	}
	return nil
}

// describeParameter says "searches x in [0, 1]" or "fixes x at 0".
func describeParameter(p study.Parameter) string {
	if p.Fixed() {
		return fmt.Sprintf("fixes %s at %g", p.Name, p.Low)
	}
	text := fmt.Sprintf("searches %s in [%g, %g]", p.Name, p.Low, p.High)
	if p.Log {
		text += " (log)"
	}
	return text
}
