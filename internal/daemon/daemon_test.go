package daemon

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/study"
	"github.com/goal-search/goal-search/trainer/dataset"
)

func TestFindStore(t *testing.T) {
	t.Setenv("GOAL_SEARCH_STORE", "")
	t.Setenv("GOAL_SEARCH_STORE_FILE", "")
	file := filepath.Join(t.TempDir(), "url")
	const url = "mysql://goal:secret@db/goals"
	if err := os.WriteFile(file, []byte(url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := func(given, want string) {
		t.Helper()
		if got, err := FindStore(given); err != nil || got != want {
			t.Errorf("%q: got %q, error %v, want %q", given, got, err, want)
		}
	}
	if got, err := FindStore(""); err != nil || filepath.Base(got) != "studies.db" || !filepath.IsAbs(got) {
		t.Errorf("got %q, error %v, want studies.db in the user's data directory", got, err)
	}
	want("@"+file, url)
	t.Setenv("GOAL_SEARCH_STORE_FILE", file)
	want("", url)
	if _, err := (FindStore("@" + file + "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got error %v, want %v", err, fs.ErrNotExist)
	}
	t.Setenv("GOAL_SEARCH_STORE", "from-environment.db")
	if _, err := FindStore(""); err == nil {
		t.Error("took one of two places")
	}
	t.Setenv("GOAL_SEARCH_STORE_FILE", "")
	want("", "from-environment.db")
	want("given.db", "given.db")
	want("mysql://goal@db/goals", "mysql://goal@db/goals")
	if _, err := FindStore(url); !errors.Is(err, ErrPasswordShown) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got error %v, want %v", err, ErrPasswordShown)
	}
	if got := StoreName(url); got != "mysql://goal@db/goals" {
		t.Errorf("got %s, want it without the password", got)
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

func TestOpenExistingStoreBringsUpToDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "studies.db")
	first, err := os.ReadFile("../../study/sqlstore/migrations/sqlite/0001_studies.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	stamp := `PRAGMA application_id = 0x676f616c; PRAGMA user_version = 1; INSERT INTO studies (name, spec, budget_trials, created_at) VALUES ('old', '{}', 1, 0)`
	if _, err := db.ExecContext(t.Context(), string(first)+stamp); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	opened, err := OpenExistingStore(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if all, err := opened.Studies(t.Context()); err != nil || len(all) != 1 || all[0].Name != "old" {
		t.Errorf("got %+v, error %v, want the study of the older version", all, err)
	}
	if err := opened.SetStudyState(t.Context(), 1, study.StudyPaused, ""); !errors.Is(err, study.ErrReadOnly) {
		t.Errorf("got error %v, want %v", err, study.ErrReadOnly)
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
