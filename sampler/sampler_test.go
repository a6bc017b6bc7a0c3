package sampler

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/study"
)

// everySampler calls f for each sampler, TPE with a start-up short enough for
// its model to be asked.
func everySampler(t *testing.T, f func(t *testing.T, s Sampler)) {
	t.Helper()
	for _, name := range Names() {
		s, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "tpe" {
			s = tpe{startup: 10}
		}
		t.Run(name, func(t *testing.T) { f(t, s) })
	}
}

func TestNewNamesTheSamplersItKnows(t *testing.T) {
	if got, want := Names(), []string{"cmaes", "random", "tpe"}; !slices.Equal(got, want) {
		t.Errorf("names are %v, want %v", got, want)
	}
	_, err := New("annealing")
	for _, word := range append(Names(), "annealing") {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("error of an unknown name is %v, want one with %q", err, word)
		}
	}
}

// randomSpace has up to six parameters of any kind, one of them free at least.
func randomSpace(r *rand.Rand) study.Space {
	space := study.Space{{Name: "free", Low: -1, High: 1}}
	for i := range r.IntN(6) {
		p := axes[r.IntN(len(axes))]
		p.Name = fmt.Sprint("p", i)
		if r.IntN(4) == 0 {
			p.High = p.Low
		}
		space = append(space, p)
	}
	r.Shuffle(len(space), func(i, j int) { space[i], space[j] = space[j], space[i] })
	return space
}

// first is the value of the space's first free parameter.
func first(space study.Space) func(study.Parameters) float64 {
	name := space.Free()[0].Name
	return func(p study.Parameters) float64 { return p[name] }
}

func TestSuggestionsLieInsideTheSpace(t *testing.T) {
	everySampler(t, func(t *testing.T, s Sampler) {
		r := rand.New(rand.NewPCG(1, 1))
		for range 30 {
			space := randomSpace(r)
			search(t, s, space, r.Uint64(), 40, 1+r.IntN(4), first(space)) // checks every suggestion
		}
	})
}

func TestWholeNumbersReachBothEnds(t *testing.T) {
	space := study.Space{{Name: "two", Low: 0, High: 1, Integer: true}, {Name: "x", Low: 0, High: 1}}
	everySampler(t, func(t *testing.T, s Sampler) {
		seen := map[float64]int{}
		for _, trial := range search(t, s, space, 0, 60, 1, func(p study.Parameters) float64 { return p["x"] }) {
			seen[trial.Parameters["two"]]++
		}
		if seen[0] < 5 || seen[1] < 5 {
			t.Errorf("60 trials have %d zeros and %d ones, want several of both", seen[0], seen[1])
		}
	})
}

func TestSuggestIsAPureFunction(t *testing.T) {
	space := cube(3)
	everySampler(t, func(t *testing.T, s Sampler) {
		history := randomHistory(space, 40, sphere)
		before := clone(t, history)
		want := suggest(t, s, space, 5, 40, history)
		suggest(t, s, space, 6, 41, history[:20])
		if got := suggest(t, s, space, 5, 40, history); !maps.Equal(got, want) {
			t.Errorf("the second answer is %v, the first was %v", got, want)
		}
		if !reflect.DeepEqual(history, before) {
			t.Error("the history was changed")
		}
	})
}

// clone returns the history as a store would give it back.
func clone(t *testing.T, history []study.Trial) []study.Trial {
	t.Helper()
	data, err := json.Marshal(history)
	if err != nil {
		t.Fatal(err)
	}
	var c []study.Trial
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNumbersAndSeedsGiveDifferentPoints(t *testing.T) {
	space := cube(3)
	everySampler(t, func(t *testing.T, s Sampler) {
		for _, trials := range []int{0, 40} {
			history := randomHistory(space, trials, sphere)
			seen := map[string]string{}
			for _, seed := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
				for number := trials; number < trials+64; number++ {
					who := fmt.Sprintf("seed %d, number %d", seed, number)
					point := fmt.Sprint(suggest(t, s, space, seed, number, history))
					if other, ok := seen[point]; ok {
						t.Fatalf("%s and %s after %d trials are both given %s", who, other, trials, point)
					}
					seen[point] = who
				}
			}
		}
	})
}

// Only complete trials count, whatever else the history holds.
func TestOtherTrialsAreIgnored(t *testing.T) {
	space := cube(3)
	everySampler(t, func(t *testing.T, s Sampler) {
		history := randomHistory(space, 40, sphere)
		want := suggest(t, s, space, 0, 60, history)
		mixed := slices.Clone(history)
		value := 1e9
		for i, state := range []study.TrialState{study.Failed, study.Pruned, study.Running, study.Waiting} {
			other := study.Trial{Number: 40 + i, State: state, Parameters: history[0].Parameters}
			if state == study.Pruned {
				other.Value = &value
			}
			mixed = slices.Insert(mixed, 5*i, other)
		}
		if got := suggest(t, s, space, 0, 60, mixed); !maps.Equal(got, want) {
			t.Errorf("with other trials %v is suggested, without %v", got, want)
		}
	})
}

func TestSuggestRefusesWhatItCannotUse(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		space study.Space
		trial study.Trial
	}{
		"nothing to search": {study.Space{{Name: "a", Low: 1, High: 1}}, study.Trial{}},
		"invalid range":     {study.Space{{Name: "a", Low: 1, High: 0}}, study.Trial{}},
		"no value":          {cube(1), study.Trial{State: study.Complete, Parameters: study.Parameters{"g00": 0}}},
		"NaN":               {cube(1), study.Trial{State: study.Complete, Parameters: study.Parameters{"g00": 0}, Value: &nan}},
		"point outside":     {cube(1), complete(0, study.Parameters{"g00": 2}, 0)},
		"point incomplete":  {cube(1), complete(0, study.Parameters{"g01": 0}, 0)},
	} {
		for _, s := range []Sampler{cmaES{}, tpe{}} {
			if p, err := s.Suggest(c.space, 0, 1, []study.Trial{c.trial}); err == nil {
				t.Errorf("%s: %T suggests %v, want an error", name, s, p)
			}
		}
	}
}
