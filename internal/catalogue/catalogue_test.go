package catalogue

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	c := New(t.TempDir())
	if _, err := c.Add(Entry{Family: "infomorphic_context_lateral", Name: "mine", Gamma: make([]float64, 19)}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ family, ref, want string }{
		{"infomorphic_context_lateral", "naive", "infomorphic_context_lateral/naive"},
		{"infomorphic_lateral", "naive", "infomorphic_lateral/naive"},
		{"", "opt_1_100_tpe", "infomorphic_context_lateral/opt_1_100_tpe"},
		{"", "infomorphic_context/naive", "infomorphic_context/naive"},
		{"", "output_layer", "output_layer"},
		{"infomorphic_context_lateral", "mine", "infomorphic_context_lateral/mine"},
		{"", "mine", "infomorphic_context_lateral/mine"},
	} {
		e, err := c.Find(test.family, test.ref)
		if err != nil || e.FullName() != test.want {
			t.Errorf("Find(%q, %q) = %s, %v, want %s", test.family, test.ref, e.FullName(), err, test.want)
		}
	}
}

func TestFindNothing(t *testing.T) {
	c := New(t.TempDir())
	for _, test := range []struct {
		family, ref string
		err         error
		says        string
	}{
		{"infomorphic_lateral", "opt_1_100_tpe", ErrNotFound, "want one of naive, opt_1_100, opt_2_100"},
		{"", "nobody", ErrNotFound, "infomorphic_lateral/naive"},
		{"", "naive", ErrAmbiguous, "infomorphic_context/naive"},
		{"", "missing.yaml", ErrNotFound, "does not exist"},
		{"infomorphic_context", "infomorphic_lateral/naive", nil, "another family: want one of infomorphic_context"},
		{"infomorphic_context", "../x", ErrNotFound, "../x"},
	} {
		_, err := c.Find(test.family, test.ref)
		if err == nil || !strings.Contains(err.Error(), test.says) || test.err != nil && !errors.Is(err, test.err) {
			t.Errorf("Find(%q, %q): got %v, want %v with %q", test.family, test.ref, err, test.err, test.says)
		}
	}
}

func TestAddAndRemove(t *testing.T) {
	c := New(filepath.Join(t.TempDir(), "not", "there", "yet"))
	want := Entry{Family: "infomorphic_context", Name: "mine", Note: `a "note": with marks`, Gamma: []float64{0.1, 0, -1e-9, 0, 1}}
	if _, err := c.Add(want); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Add(want); !errors.Is(err, ErrExists) {
		t.Errorf("second Add: got %v, want ErrExists", err)
	}
	got, err := c.Find("", "mine")
	if err != nil || !slices.Equal(got.Gamma, want.Gamma) || got.Note != want.Note {
		t.Errorf("Find after Add: got %+v, %v, want %+v", got, err, want)
	}
	if _, err := c.Remove("infomorphic_context", "mine"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Find("", "mine"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Find after Remove: got %v, want ErrNotFound", err)
	}
}

func TestPublishedGoalsStay(t *testing.T) {
	c := New(t.TempDir())
	if _, err := c.Add(Entry{Family: "infomorphic_lateral", Name: "naive", Gamma: make([]float64, 5)}); !errors.Is(err, ErrExists) {
		t.Errorf("Add over a published goal: got %v, want ErrExists", err)
	}
	if _, err := c.Remove("infomorphic_lateral", "naive"); !errors.Is(err, ErrPublished) {
		t.Errorf("Remove a published goal: got %v, want ErrPublished", err)
	}
}

func TestListNamesBrokenFiles(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "infomorphic_lateral", "broken.yaml")
	if err := os.MkdirAll(filepath.Dir(broken), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, []byte("gamma: [1]"), 0o600); err != nil {
		t.Fatal(err)
	}
	entries, err := New(dir).List()
	if err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("List: got error %v, want one that names %s", err, broken)
	}
	if len(entries) != len(Published()) {
		t.Errorf("List: got %d goals, want the %d published", len(entries), len(Published()))
	}
}
