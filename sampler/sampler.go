package sampler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// Sampler suggests points. It keeps no state between calls, so it may be used
// from many goroutines and by many processes: everything is rebuilt from the
// history each time.
type Sampler interface {
	// Suggest returns a value for every parameter of the space, fixed ones
	// included, for the trial of that number. It is a pure function of its
	// arguments. history holds the trials that the sampler may see, finished
	// ones in the order in which they finished; it is not changed. Only
	// complete trials teach the sampler anything: all others are ignored.
	//
	// It fails when the space is not valid, and, if the sampler learns at all,
	// when a complete trial has no finite value or a point outside the space.
	Suggest(space study.Space, seed uint64, number int, history []study.Trial) (study.Parameters, error)
}

// byName are the samplers as New makes them.
var byName = map[string]Sampler{
	"cmaes":  cmaES{},
	"random": random{},
	"tpe":    tpe{},
}

// Names returns the names that New knows, sorted.
func Names() []string {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// New returns the sampler of that name.
func New(name string) (Sampler, error) {
	s, ok := byName[name]
	if !ok {
		return nil, fmt.Errorf("sampler %q is not known: want one of %s", name, strings.Join(Names(), ", "))
	}
	return s, nil
}
