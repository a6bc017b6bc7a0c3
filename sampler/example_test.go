package sampler_test

import (
	"fmt"
	"log"

	"github.com/goal-search/goal-search/sampler"
	"github.com/goal-search/goal-search/study"
)

// A search is asking, evaluating and handing the history back. The value grows
// towards a = 0.5 and k = 3.
func Example() {
	space := study.Space{
		{Name: "a", Low: -1, High: 1},
		{Name: "k", Low: 0, High: 9, Integer: true},
		{Name: "fixed", Low: 2, High: 2},
	}
	s, err := sampler.New("cmaes")
	if err != nil {
		log.Fatal(err)
	}
	var history []study.Trial
	for number := range 200 {
		point, err := s.Suggest(space, 1, number, history)
		if err != nil {
			log.Fatal(err)
		}
		a, k := point["a"]-0.5, point["k"]-3
		value := -a*a - k*k
		history = append(history, study.Trial{Number: number, State: study.Complete, Parameters: point, Value: &value})
	}
	best, _ := study.Best(history)
	fmt.Printf("a = %.2f, k = %g, fixed = %g\n", best.Parameters["a"], best.Parameters["k"], best.Parameters["fixed"])
	// Output: a = 0.50, k = 3, fixed = 2
}
