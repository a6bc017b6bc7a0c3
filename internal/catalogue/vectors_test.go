package catalogue

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"github.com/goal-search/goal-search/internal/vectors"
	"github.com/goal-search/goal-search/pid"
)

const tolerance = 1e-14

type goalVectors struct {
	Goals map[string]struct {
		Family string
		Gamma  []float64
	}
	ZeroOrder []int `json:"ordered_gammas_for_num_zero_gammas"`
	Dot       struct {
		Terms19 [][]float64          `json:"terms_19"`
		Terms5  [][]float64          `json:"terms_5"`
		Value   map[string][]float64 `json:"goal_value"`
	} `json:"dot_product_examples"`
	Updates []struct {
		Params struct {
			Index json.RawMessage
			Fix   *float64 `json:"fix_value"`
			Rel   float64  `json:"rel_mod"`
			Abs   float64  `json:"abs_mod"`
			Zero  int      `json:"num_zero_gammas"`
		}
		Gamma []float64
	} `json:"gamma_update_of_opt_1_100_tpe"`
	Table3 map[string]float64 `json:"table_3"`
}

func TestPublishedGoalsAreTheAuthors(t *testing.T) {
	var want goalVectors
	vectors.Load(t, "goals.json", &want)
	got := make(map[string]Entry)
	for _, e := range Published() {
		got[e.FullName()] = e
	}
	if g, w := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want.Goals)); !slices.Equal(g, w) {
		t.Fatalf("names:\ngot  %v\nwant %v", g, w)
	}
	for name, w := range want.Goals {
		if !slices.Equal(got[name].Gamma, w.Gamma) || got[name].Family != w.Family {
			t.Errorf("%s:\ngot  %s %v\nwant %s %v", name, got[name].Family, got[name].Gamma, w.Family, w.Gamma)
		}
	}
}

func TestGoalValues(t *testing.T) {
	var want goalVectors
	vectors.Load(t, "goals.json", &want)
	var compared int
	for _, e := range Published() {
		goal, err := pid.NewGoal(e.Gamma)
		if err != nil {
			t.Fatalf("%s: %v", e.FullName(), err)
		}
		examples := want.Dot.Terms19
		if len(e.Gamma) == pid.Bivariate.Terms() {
			examples = want.Dot.Terms5
		}
		for i, terms := range examples {
			if got, w := goal.Value(terms), want.Dot.Value[e.FullName()][i]; !scalar.EqualWithinAbs(got, w, tolerance) {
				t.Errorf("%s, example %d: got %.17g, want %.17g", e.FullName(), i, got, w)
			}
			compared++
		}
	}
	if w := 3 * len(want.Goals); compared != w {
		t.Errorf("compared %d values, want %d", compared, w)
	}
}

func TestEditsAreTheAuthors(t *testing.T) {
	var want goalVectors
	vectors.Load(t, "goals.json", &want)
	for _, update := range want.Updates {
		p := update.Params
		var indices []int
		if p.Index == nil {
			indices = want.ZeroOrder[:p.Zero]
		} else if json.Unmarshal(p.Index, &indices) != nil {
			indices = make([]int, 1)
			if err := json.Unmarshal(p.Index, &indices[0]); err != nil {
				t.Fatal(err)
			}
		}
		edit := Edit{Scale: 1 + p.Rel, Shift: p.Abs}
		if p.Fix != nil {
			edit = Edit{Shift: *p.Fix}
		}
		gamma := slices.Clone(want.Goals["infomorphic_context_lateral/opt_1_100_tpe"].Gamma)
		for _, edit.Term = range indices {
			edit.Apply(gamma)
		}
		for i := range gamma {
			if !scalar.EqualWithinAbs(gamma[i], update.Gamma[i], tolerance) {
				t.Errorf("update %+v: γ %d: got %v, want %v", p, i, gamma[i], update.Gamma[i])
			}
		}
	}
}

func TestTable3(t *testing.T) {
	var want goalVectors
	vectors.Load(t, "goals.json", &want)
	e, err := New(t.TempDir()).Find("", "opt_1_100_tpe")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range e.Lattice().TermNames("123") {
		if w, ok := want.Table3[name]; ok && math.Round(100*e.Gamma[i]) != math.Round(100*w) {
			t.Errorf("γ of %s: got %g, want %g of the paper's Table 3", name, e.Gamma[i], w)
		}
	}
}
