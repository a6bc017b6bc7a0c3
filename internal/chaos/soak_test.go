//go:build linux

package chaos

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/goal-search/goal-search/api/client"
)

// soakSamples is how often each process is asked for its vitals.
const soakSamples = 80

// TestSoak has servers and workers do one study after the other for
// $SOAK_TIME, while what they hold stays the same.
func TestSoak(t *testing.T) {
	text := os.Getenv("SOAK_TIME")
	if text == "" {
		t.Skip("takes as long as $SOAK_TIME says: make soak")
	}
	soakTime, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	c := newCluster(t, buildNode(t), 2)
	all := slices.Concat(c.servers, c.workers)
	watched := make([]*watched, 0, len(all))
	for _, p := range all {
		watched = append(watched, watch(t, p))
	}
	ctx, cancel := context.WithTimeout(t.Context(), soakTime)
	defer cancel()
	c.start(t, all)
	done := make(chan error, 1)
	studies := 0
	go func() { done <- keepBusy(ctx, t, c.workerLines[0].address(), &studies) }()
	ticker := time.NewTicker(soakTime / soakSamples)
	defer ticker.Stop()
	for busy := true; busy; {
		select {
		case <-ticker.C:
			for _, w := range watched {
				w.sample(t)
			}
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			busy = false
		}
	}
	t.Logf("%d studies of %d trials in %v", studies, soakForm.trials, soakTime)
	for _, w := range watched {
		w.check(t)
		w.process.dismiss()
	}
	for _, p := range all {
		p.end(t, endMax)
	}
}

// soakForm is the study that is done over and over.
var soakForm = form{trials: 100, epochs: 3}

// keepBusy makes a study whenever the one before is complete, until ctx ends.
func keepBusy(ctx context.Context, t *testing.T, address string, studies *int) error {
	conn, err := client.New(address, client.Config{Patience: patience})
	if err != nil {
		return err
	}
	defer conn.Close()
	s, _ := newStudy(t, soakForm, 1)
	for {
		s.Name = fmt.Sprintf("soak-%d", *studies)
		o := &operator{client: conn}
		err := o.create(ctx, s)
		if err == nil {
			err = o.watch(ctx, make(chan int))
		}
		switch {
		case err != nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		*studies++
	}
}
