package catalogue

import (
	"testing"

	"github.com/goal-search/goal-search/pid"
)

func TestMeaning(t *testing.T) {
	for _, test := range []struct{ antichain, letters, want string }{
		{"{F}", "FCL", "unique to feedforward"},
		{"{F}{C}{L}", "FCL", "redundant in feedforward, context and lateral"},
		{"{F}{C}", "FCL", "redundant in feedforward and context"},
		{"{F}{CL}", "FCL", "redundant in feedforward and the synergy of context and lateral"},
		{"{FC}{FL}{CL}", "FCL", "redundant in the synergies of every pair"},
		{"{FC}{FL}", "FCL", "redundant in the synergies of feedforward and context, and of feedforward and lateral"},
		{"{FC}", "FCL", "synergy of feedforward and context"},
		{"{FCL}", "FCL", "synergy of feedforward, context and lateral"},
		{"{FL}", "FL", "synergy of feedforward and lateral"},
		{"{1}{2}", "12", "redundant in source 1 and source 2"},
	} {
		a, err := pid.ParseAntichain(test.antichain, test.letters)
		if err != nil {
			t.Fatal(err)
		}
		if got := Meaning(a, test.letters); got != test.want {
			t.Errorf("%s: got %q, want %q", test.antichain, got, test.want)
		}
	}
}
