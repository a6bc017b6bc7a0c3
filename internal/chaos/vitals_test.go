//go:build linux

package chaos

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// watched is a process that is asked for its vitals now and then.
type watched struct {
	process *process
	answers *json.Decoder
	start   time.Time
	taken   []vitals
}

// vitals are what a node says that it holds, and its open files.
type vitals struct {
	at         time.Duration // since the first
	Heap       float64       `json:"heap"` // bytes
	Goroutines float64       `json:"goroutines"`
	files      float64
}

// watch prepares a process, which has not started yet.
func watch(t *testing.T, p *process) *watched {
	t.Helper()
	from, to := io.Pipe()
	t.Cleanup(func() { from.Close() }) // lets the process end
	p.stdout = to
	return &watched{process: p, answers: json.NewDecoder(from), start: time.Now()}
}

func (w *watched) sample(t *testing.T) {
	t.Helper()
	if !w.process.works() {
		return
	}
	v := vitals{at: time.Since(w.start)}
	if !w.process.signalNow(syscall.SIGUSR1) {
		t.Fatalf("%s does not run", w.process.name)
	}
	if err := w.answers.Decode(&v); err != nil {
		t.Fatalf("vitals of %s: %v", w.process.name, err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.process.pid()))
	if err != nil {
		t.Fatal(err)
	}
	v.files = float64(len(files))
	w.taken = append(w.taken, v)
}

// What a process may grow by, by the trend of all but the first quarter, in
// which caches fill: a part of the median, or so much where that is less.
const (
	growthMax   = 0.1
	heapGrowth  = 2 << 20 // bytes
	countGrowth = 5       // goroutines, files
	samplesMin  = soakSamples / 2
)

// check tells whether the process grew.
func (w *watched) check(t *testing.T) {
	t.Helper()
	if len(w.taken) < samplesMin {
		t.Fatalf("%s told its vitals %d times, want at least %d", w.process.name, len(w.taken), samplesMin)
	}
	taken := w.taken[len(w.taken)/4:]
	for _, c := range []struct {
		what  string
		of    func(v vitals) float64
		unit  float64
		floor float64
	}{
		{"kB of heap", func(v vitals) float64 { return v.Heap }, 1 << 10, heapGrowth},
		{"goroutines", func(v vitals) float64 { return v.Goroutines }, 1, countGrowth},
		{"open files", func(v vitals) float64 { return v.files }, 1, countGrowth},
	} {
		grown, median := trend(taken, c.of)
		bound := max(growthMax*median, c.floor)
		t.Logf("%s: %.2f %s, grown by %+.2f, bound %.2f", w.process.name, median/c.unit, c.what, grown/c.unit, bound/c.unit)
		if grown > bound {
			t.Errorf("%s grew by %.2f %s, want at most %.2f", w.process.name, grown/c.unit, c.what, bound/c.unit)
		}
	}
}

// trend returns by how much a number grew over all samples, by the median of
// the slopes between any two of them (Theil and Sen), which outliers do not
// move; and the numbers' median.
func trend(taken []vitals, of func(v vitals) float64) (grown, middle float64) {
	var slopes, values []float64
	for i, v := range taken {
		values = append(values, of(v))
		for _, before := range taken[:i] {
			slopes = append(slopes, (of(v)-of(before))/(v.at-before.at).Seconds())
		}
	}
	return median(slopes) * (taken[len(taken)-1].at - taken[0].at).Seconds(), median(values)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// A trend is found among numbers that jump, and none where there is none.
func TestTrend(t *testing.T) {
	for _, perSecond := range []float64{0, 2} {
		var taken []vitals
		for i := range 60 {
			v := vitals{at: time.Duration(i) * time.Second, Heap: 1000 + perSecond*float64(i) + float64(i*7%5)}
			if i%10 == 3 {
				v.Heap *= 3
			}
			taken = append(taken, v)
		}
		grown, middle := trend(taken, func(v vitals) float64 { return v.Heap })
		if math.Abs(grown-59*perSecond) > 3 || middle < 1000 || middle > 1000+60*perSecond+5 {
			t.Errorf("%g per second: grown by %g, median %g", perSecond, grown, middle)
		}
	}
}
