package sampler

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/c-bata/goptuna"
	"github.com/c-bata/goptuna/cmaes"
	goptunatpe "github.com/c-bata/goptuna/tpe"

	"github.com/goal-search/goal-search/study"
)

// hangVariable makes this test's binary the process that hangs.
const hangVariable = "SAMPLER_TEST_HANG"

func TestTrapFixedParameters(t *testing.T) {
	space := append(cube(2), study.Parameter{Name: "fixed", Low: 0.25, High: 0.25})
	history := randomHistory(space, 20, sphere)
	if os.Getenv(hangVariable) != "" {
		n := newNaive(t, space, goptuna.StudyOptionSampler(goptunatpe.NewSampler()))
		n.load(history)
		n.ask()
		return
	}
	if _, _, err := newNaive(t, space, goptuna.StudyOptionRelativeSampler(cmaes.NewSampler())).try(); err == nil {
		t.Error("goptuna: CMA-ES suggests a fixed parameter")
	}
	if !hangs(t, "^TestTrapFixedParameters$", hangVariable) {
		t.Error("goptuna: TPE suggests a fixed parameter")
	}
	everySampler(t, func(t *testing.T, s Sampler) {
		if p := suggest(t, s, space, 0, 20, history); p["fixed"] != 0.25 {
			t.Errorf("the fixed parameter is %g, want 0.25", p["fixed"])
		}
	})
}

// hangs runs a test in another process, with the variable set, and reports
// whether it does not end. It would within a few milliseconds.
func hangs(t *testing.T, test, variable string) bool {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+test, "-test.v")
	child.Env = append(os.Environ(), variable+"=1")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = child.Wait() // killed, or its own failure, which is no hang
	}()
	select {
	case <-ended:
		return false
	case <-time.After(time.Second):
	}
	if err := child.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-ended
	return true
}
