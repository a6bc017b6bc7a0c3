package sampler

import "testing"

func TestSearchConverges(t *testing.T) {
	s, err := New("cmaes")
	if err != nil {
		t.Fatal(err)
	}
	for _, dim := range []int{1, 2, 5} {
		if got := best(search(t, s, cube(dim), 0, 150, 1, sphere)); got < -0.01 {
			t.Errorf("best of 150 trials in %d dimensions is %g, want at least -0.01", dim, got)
		}
	}
}
