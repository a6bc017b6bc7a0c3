package trainer

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// smallSet is a data set of a few digits.
func smallSet(t testing.TB) *dataset.Set {
	t.Helper()
	set, err := dataset.Open(dataset.Options{Name: "digits", Images: 500})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func smallConfig() Config {
	c := DefaultConfig()
	c.Hidden, c.Epochs, c.BatchSize = 7, 3, 128
	c.Goal = make([]float64, pid.Trivariate.Terms())
	c.Goal[1] = 1
	return c
}

func mustRun(t testing.TB, c Config, threads int) *Run {
	t.Helper()
	r, err := NewRun(c, smallSet(t), Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// finish trains what is left and returns the epochs without their times.
func finish(t testing.TB, r *Run) []Epoch {
	t.Helper()
	var epochs []Epoch
	for !r.Done() {
		e, err := r.NextEpoch(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		e.Seconds = 0
		epochs = append(epochs, e)
	}
	return epochs
}

func save(t testing.TB, r *Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWeightsDoNotDependOnThreads(t *testing.T) {
	one, three := mustRun(t, smallConfig(), 1), mustRun(t, smallConfig(), 3)
	if a, b := finish(t, one), finish(t, three); !reflect.DeepEqual(a, b) {
		t.Errorf("epochs differ:\n%v\n%v", a, b)
	}
	if !bytes.Equal(save(t, one), save(t, three)) {
		t.Error("weights differ between 1 and 3 threads")
	}
}

func TestSeedDeterminesWeights(t *testing.T) {
	again, other := smallConfig(), smallConfig()
	other.Seed++
	a, b, c := mustRun(t, smallConfig(), 1), mustRun(t, again, 1), mustRun(t, other, 1)
	finish(t, a)
	finish(t, b)
	finish(t, c)
	if !bytes.Equal(save(t, a), save(t, b)) {
		t.Error("the same seed gave other weights")
	}
	if bytes.Equal(save(t, a), save(t, c)) {
		t.Error("another seed gave the same weights")
	}
}

func TestEpochZeroDoesNotLearn(t *testing.T) {
	r := mustRun(t, smallConfig(), 1)
	before := append([]float32(nil), r.network.hidden.sources[0].weight.value...)
	if _, err := r.NextEpoch(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, r.network.hidden.sources[0].weight.value) {
		t.Error("weights moved in epoch 0")
	}
}

func TestResumedRunEqualsUninterruptedOne(t *testing.T) {
	whole := mustRun(t, smallConfig(), 1)
	want := finish(t, whole)
	first := mustRun(t, smallConfig(), 1)
	for range 2 {
		if _, err := first.NextEpoch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	second, err := LoadRun(bytes.NewReader(save(t, first)), smallSet(t), Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := finish(t, second); !reflect.DeepEqual(got, want[2:]) {
		t.Errorf("got epochs %v, want %v", got, want[2:])
	}
	if !bytes.Equal(save(t, second), save(t, whole)) {
		t.Error("weights differ after resuming")
	}
}

func TestValidateRepeatsTheLastEpoch(t *testing.T) {
	r := mustRun(t, smallConfig(), 1)
	epochs := finish(t, r)
	loaded, err := LoadRun(bytes.NewReader(save(t, r)), smallSet(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := loaded.Validate(context.Background())
	if want := epochs[len(epochs)-1].ValidationAccuracy; got != want || err != nil {
		t.Errorf("got %g (%v), want the last epoch's %g", got, err, want)
	}
}

func TestSetEpochsProlongsARun(t *testing.T) {
	c := smallConfig()
	whole := mustRun(t, c, 1)
	want := finish(t, whole)
	c.Epochs = 1
	r := mustRun(t, c, 1)
	finish(t, r)
	if err := r.SetEpochs(0); err == nil {
		t.Error("epochs 0 were accepted after epoch 1")
	}
	if err := r.SetEpochs(3); err != nil {
		t.Fatal(err)
	}
	if got := finish(t, r); !reflect.DeepEqual(got, want[2:]) {
		t.Errorf("got epochs %v, want %v", got, want[2:])
	}
}

func TestLoadRunRefuses(t *testing.T) {
	saved := save(t, mustRun(t, smallConfig(), 1))
	other, err := dataset.Open(dataset.Options{Name: "digits", Images: 400})
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(old, new string) []byte {
		if len(old) != len(new) || !bytes.Contains(saved, []byte(old)) {
			t.Fatalf("cannot replace %q", old)
		}
		return bytes.Replace(saved, []byte(old), []byte(new), 1)
	}
	cases := []struct {
		name string
		file []byte
		set  *dataset.Set
		want string
	}{
		{"other data", saved, other, "with hash"},
		{"truncated", saved[:len(saved)-1], smallSet(t), "no safetensors file"},
		{"empty", nil, smallSet(t), "no safetensors file"},
		{"other format", replaced(`\"run 1\"`, `\"run 9\"`), smallSet(t), `"run 9"`},
		{"other size", replaced(`\"hidden\":7`, `\"hidden\":8`), smallSet(t), "want F32"},
		{"bad epoch", replaced(`\"next_epoch\":0`, `\"next_epoch\":7`), smallSet(t), "next epoch 7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := LoadRun(bytes.NewReader(c.file), c.set, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func FuzzLoadRun(f *testing.F) {
	c := smallConfig()
	c.Hidden = 1
	f.Add(save(f, mustRun(f, c, 1)))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	set := smallSet(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := LoadRun(bytes.NewReader(file), set, Options{})
		if err == nil && r == nil {
			t.Error("neither a run nor an error")
		}
	})
}

func TestCancelledRunCannotBeSaved(t *testing.T) {
	r := mustRun(t, smallConfig(), 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.NextEpoch(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if err := r.Save(&bytes.Buffer{}); err == nil {
		t.Error("a run cancelled within an epoch was saved")
	}
}

func TestDivergedRunSaysSo(t *testing.T) {
	r := mustRun(t, smallConfig(), 1)
	r.network.hidden.sources[0].weight.value[3] = float32(math.NaN())
	if _, err := r.NextEpoch(context.Background()); !errors.Is(err, ErrDiverged) {
		t.Errorf("got %v, want ErrDiverged", err)
	}
}

// TestSaturatedNeuronsStayFinite drives θ to exactly 0 and 1.
func TestSaturatedNeuronsStayFinite(t *testing.T) {
	c := smallConfig()
	for i := range c.Goal {
		c.Goal[i] = 1 - 2*float64(i%2)
	}
	r := mustRun(t, c, 1)
	for i := range r.network.hidden.sources[0].weight.value {
		r.network.hidden.sources[0].weight.value[i] *= 1e4
	}
	for _, e := range finish(t, r) {
		if math.IsNaN(e.Goal) {
			t.Fatalf("goal is NaN in epoch %d", e.Epoch)
		}
	}
}

func TestConfigValidateNamesFieldAndValue(t *testing.T) {
	cases := []struct {
		name   string
		change func(*Config)
		want   []string
	}{
		{"network", func(c *Config) { c.Network = "setup9" }, []string{`network "setup9"`, "setup1"}},
		{"hidden", func(c *Config) { c.Hidden = 0 }, []string{"hidden 0", "1 to"}},
		{"connections of setup 1", func(c *Config) { c.MaxConnections = 5 }, []string{"max_connections 5", "setup1", "want 0"}},
		{"connections", func(c *Config) { c.Network, c.MaxConnections = "setup2", -1 }, []string{"max_connections -1", "0 to"}},
		{"epochs", func(c *Config) { c.Epochs = -1 }, []string{"epochs -1"}},
		{"batch size", func(c *Config) { c.BatchSize = 0 }, []string{"batch_size 0"}},
		{"learning rate", func(c *Config) { c.LearningRate = math.NaN() }, []string{"learning_rate NaN"}},
		{"goal length", func(c *Config) { c.Goal = c.Goal[:18] }, []string{"goal", "18 parameters", "19"}},
		{"goal of two sources", func(c *Config) { c.Goal = c.Goal[:5] }, []string{"goal", "2 sources", "have 3"}},
		{"goal entry", func(c *Config) { c.Goal[2] = math.Inf(1) }, []string{"goal", "{1}{3}", "+Inf"}},
		{"output goal", func(c *Config) { c.OutputGoal = nil }, []string{"output_goal", "0 parameters"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := smallConfig()
			tc.change(&c)
			err := c.Validate()
			if err == nil {
				t.Fatal("got no error")
			}
			for _, w := range tc.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("got %q, want it to contain %q", err, w)
				}
			}
		})
	}
}
