package objective

import (
	"fmt"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer"
)

// PublishedSpace returns the space that the authors searched with that
// sampler: every γ in [-1, 1]; with cmaes and three sources γ_res is fixed at 0
// (paper, appendix A.10).
func PublishedSpace(network, sampler string) (study.Space, error) {
	names, err := GammaNames(network)
	if err != nil {
		return nil, err
	}
	space := make(study.Space, len(names))
	for i, name := range names {
		space[i] = study.Parameter{Name: name, Low: -1, High: 1}
	}
	if sampler == "cmaes" && len(names) == pid.Trivariate.Terms() {
		space[len(space)-1] = study.Parameter{Name: ResidualGamma}
	}
	return space, nil
}

// With returns the space with p in the place of the parameter of its name, or
// at the end.
func With(space study.Space, p study.Parameter) study.Space {
	changed := append(study.Space(nil), space...)
	for i := range changed {
		if changed[i].Name == p.Name {
			changed[i] = p
			return changed
		}
	}
	return append(changed, p)
}

// Validate tells whether trials can be made of the study's space and
// configuration: known names, a γ for every term, and settings that the
// trainer accepts at both ends of their ranges.
func Validate(spec study.Spec) error {
	if err := spec.Space.Validate(); err != nil {
		return err
	}
	c, err := DecodeConfig(spec.Objective)
	if err != nil {
		return err
	}
	for _, p := range spec.Space {
		name, err := Resolve(c.Network, p.Name)
		if err != nil {
			return err
		}
		if name != p.Name {
			return fmt.Errorf("parameter %q: want it as %q", p.Name, name)
		}
		if IsInteger(p.Name) && !p.Fixed() && !p.Integer {
			return fmt.Errorf("parameter %s: want whole numbers only", p.Name)
		}
	}
	for _, end := range []func(study.Parameter) float64{
		func(p study.Parameter) float64 { return p.Low },
		func(p study.Parameter) float64 { return p.High },
	} {
		if err := validateAt(c, spec.Space, end); err != nil {
			return err
		}
	}
	return nil
}

func validateAt(c trainer.Config, space study.Space, end func(study.Parameter) float64) error {
	point := make(study.Parameters, len(space))
	for _, p := range space {
		point[p.Name] = end(p)
	}
	c, err := withParameters(c, point)
	if err != nil {
		return err
	}
	return c.Validate()
}
