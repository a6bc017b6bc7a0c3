package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// joined is the study that this process works at.
type joined struct {
	study    study.Study
	set      *dataset.Set // nil when complete
	made     bool         // by this process
	finished int          // trials
	complete bool         // nothing is left to do
}

// join makes the study, or goes on with it when the name is taken.
func (a *app) join(ctx context.Context, store keeper, o startOptions) (joined, error) {
	if a.study == "" {
		return a.makeStudy(ctx, store, o)
	}
	s, err := store.Study(ctx, a.study)
	if errors.Is(err, study.ErrNotFound) {
		var j joined
		if j, err = a.makeStudy(ctx, store, o); !errors.Is(err, study.ErrExists) {
			return j, err
		}
		s, err = store.Study(ctx, a.study) // another process was faster
	}
	if err != nil {
		return joined{}, err
	}
	return resume(ctx, store, s, o, a.remote.Address == "")
}

// makeStudy stores a new study. Without a name it gets a free one.
func (a *app) makeStudy(ctx context.Context, store keeper, o startOptions) (joined, error) {
	s, err := o.newStudy()
	if err != nil {
		return joined{}, err
	}
	set, err := openData(o.dataset, o.dataDir, o.images)
	if err != nil {
		return joined{}, err
	}
	s.Spec.DataSet = study.DataSet{Name: set.Name, Images: set.Train.Len(), Hash: set.Hash}
	s.Name = a.study
	if s.Name == "" {
		s, err = createNamed(ctx, store, s)
	} else {
		s, err = createStudy(ctx, store, s)
	}
	return joined{study: s, set: set, made: true}, err
}

func createStudy(ctx context.Context, store keeper, s study.Study) (study.Study, error) {
	if err := s.Validate(); err != nil {
		return s, exitError{exitUsage, err}
	}
	return store.CreateStudy(ctx, s)
}

// nameTries bounds how many names are tried: others may make studies at the
// same time.
const nameTries = 1000

// createNamed gives the study the first free name like cmaes-digits-1.
func createNamed(ctx context.Context, store keeper, s study.Study) (study.Study, error) {
	all, err := store.Studies(ctx)
	if err != nil {
		return s, err
	}
	for i := len(all) + 1; i < len(all)+nameTries; i++ {
		s.Name = fmt.Sprintf("%s-%s-%d", s.Spec.Sampler.Name, s.Spec.DataSet.Name, i)
		made, err := createStudy(ctx, store, s)
		if !errors.Is(err, study.ErrExists) {
			return made, err
		}
	}
	return s, fmt.Errorf("no free name for the study: the last one tried is %s", s.Name)
}

// openData opens the data set; what the user can mend is a usage error.
func openData(name, dir string, images int) (*dataset.Set, error) {
	set, err := dataset.Open(dataset.Options{Name: name, Dir: dir, Images: images})
	switch {
	case errors.Is(err, dataset.ErrMissing):
		return nil, exitError{exitNotFound, err}
	case err != nil && !errors.Is(err, dataset.ErrInvalid):
		return nil, exitError{exitUsage, err}
	}
	return set, err
}

// newStudy returns the study that the options ask for, without a name and a
// data set.
func (o startOptions) newStudy() (study.Study, error) {
	space, err := objective.PublishedSpace(o.network, o.sampler)
	if err != nil {
		return study.Study{}, exitError{exitUsage, err}
	}
	parameters, err := o.parameters(o.network)
	if err != nil {
		return study.Study{}, err
	}
	for _, p := range parameters {
		if flag := strings.ReplaceAll(p.Name, "_", "-"); o.given[flag] {
			return study.Study{}, usageError("--%s and a parameter that %s: want one of them", flag, describeParameter(p))
		}
		space = objective.With(space, p)
	}
	config, err := objective.EncodeConfig(o.trainerConfig())
	if err != nil {
		return study.Study{}, err
	}
	spec := study.Spec{
		Space:       space,
		Sampler:     study.Sampler{Name: o.sampler, Seed: o.seed},
		TrainerSeed: o.trainerSeed,
		Objective:   config,
	}
	if err := objective.Validate(spec); err != nil {
		return study.Study{}, exitError{exitUsage, err}
	}
	return study.Study{Spec: spec, Budget: o.budget(study.Budget{}), Priority: o.priority, Labels: o.require}, nil
}

func (o startOptions) trainerConfig() trainer.Config {
	c := trainer.DefaultConfig()
	c.Network, c.Hidden, c.MaxConnections, c.Epochs, c.BatchSize = o.network, o.hidden, o.connections, o.epochs, o.batchSize
	return c
}
