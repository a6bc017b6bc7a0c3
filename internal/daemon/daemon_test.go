package daemon

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer/dataset"
)

func TestStorePath(t *testing.T) {
	t.Setenv("GOAL_SEARCH_STORE", "")
	if got := StorePath(""); filepath.Base(got) != "studies.db" || !filepath.IsAbs(got) {
		t.Errorf("default %q, want an absolute path of studies.db", got)
	}
	t.Setenv("GOAL_SEARCH_STORE", "from-environment.db")
	if got := StorePath(""); got != "from-environment.db" {
		t.Errorf("with the variable: %q", got)
	}
	if got := StorePath("given.db"); got != "given.db" {
		t.Errorf("given: %q", got)
	}
}

func TestOpenExistingStoreMakesNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "studies.db")
	if _, err := OpenExistingStore(t.Context(), path); !errors.Is(err, study.ErrNotFound) {
		t.Errorf("error %v, want %v", err, study.ErrNotFound)
	}
	made, err := OpenStore(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	opened, err := OpenExistingStore(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if _, err := opened.CreateStudy(t.Context(), study.Study{Name: "s"}); err == nil {
		t.Error("a store opened for reading was written")
	}
}

func TestSearchRefusesOtherImages(t *testing.T) {
	s := study.Study{Name: "s", Spec: study.Spec{
		Sampler: study.Sampler{Name: "random"},
		DataSet: study.DataSet{Name: "digits", Images: 10, Hash: "sha256:then"},
	}}
	_, err := NewSearch(nil, s, &dataset.Set{Hash: "sha256:now"}, SearchConfig{Workers: 1})
	if err == nil || !strings.Contains(err.Error(), "sha256:then") || !strings.Contains(err.Error(), "sha256:now") {
		t.Errorf("error %v, want one that names both hashes", err)
	}
}
