package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api/client"
	"github.com/goal-search/goal-search/study"
)

// TestServerLogsWhatBecomesOfStudies: a trial that takes its worker with it fails,
// with which its study ends.
func TestServerLogsWhatBecomesOfStudies(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	log, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	address := startServerWith(t, ServerConfig{
		Address: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(log, nil)), LeaseTTL: 10 * time.Millisecond, LostMax: 1,
	})
	c := dial(t, address, client.Config{})
	mustCreate(t, c, digitsStudy(t, "first", 1, 1))
	w, err := client.NewWorker(t.Context(), c, client.WorkerConfig{Worker: study.Worker{Name: "ada", Slots: 1}, Study: "first"})
	if err != nil {
		t.Fatal(err)
	}
	take := func() error {
		_, _, _, err := w.TakeTrial(t.Context(), "ada/1", study.Environment{})
		return err
	}
	if err := take(); err != nil {
		t.Fatal(err)
	}
	if err := take(); !errors.Is(err, study.ErrEnded) {
		t.Errorf("got error %v, want %v", err, study.ErrEnded)
	}
	if err := c.SetStudyState(context.WithoutCancel(t.Context()), 1, study.StudyPaused, "for the night"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`level=WARN msg="a trial has failed that took too many workers with it" study=first trial=0`,
		`level=INFO msg="a study changed its state" study=first state=completed reason="all its 1 trials are finished"`,
		`level=INFO msg="a study changed its state" study=first state=paused reason="for the night"`,
	} {
		if !regexp.MustCompile(want).Match(text) {
			t.Errorf("no line like\n%s\nin\n%s", want, text)
		}
	}
}
