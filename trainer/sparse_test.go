package trainer

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// sparseConfig has neurons in two tiles and in part of a group of 16.
func sparseConfig() Config {
	c := smallConfig()
	c.Network, c.Hidden, c.MaxConnections = "setup2", 130, 7
	return c
}

func TestDrawConnections(t *testing.T) {
	for _, size := range []struct{ neurons, count int }{{2, 1}, {5, 4}, {40, 7}, {300, 100}} {
		drawn := drawConnections(rand.New(rand.NewPCG(1, 2)), size.neurons, size.count)
		if len(drawn) != size.neurons*size.count {
			t.Fatalf("%v: got %d connections", size, len(drawn))
		}
		for n := range size.neurons {
			previous := int32(-1)
			for _, i := range drawn[n*size.count:][:size.count] {
				if i <= previous || int(i) == n || int(i) >= size.neurons {
					t.Fatalf("%v: neuron %d has connections %v", size, n, drawn[n*size.count:][:size.count])
				}
				previous = i
			}
		}
	}
}

// TestDrawConnectionsTakesAllAlike counts how often each of 8 others is among 3:
// with 40,000 neurons drawn, five standard deviations of 15,000 are 484.
func TestDrawConnectionsTakesAllAlike(t *testing.T) {
	const neurons, count, times = 9, 3, 40_000
	r := rand.New(rand.NewPCG(1, 2))
	var counts [neurons]int
	for range times {
		for _, i := range drawConnections(r, neurons, count)[4*count:][:count] {
			counts[i]++
		}
	}
	for i, n := range counts {
		if want := times * count / (neurons - 1); i != 4 && math.Abs(float64(n-want)) > 484 {
			t.Errorf("neuron %d was drawn %d times, want about %d", i, n, want)
		}
	}
}

func TestSparseWeightsDoNotDependOnThreads(t *testing.T) {
	one, three := mustRun(t, sparseConfig(), 1), mustRun(t, sparseConfig(), 3)
	if a, b := finish(t, one), finish(t, three); !reflect.DeepEqual(a, b) {
		t.Errorf("epochs differ:\n%v\n%v", a, b)
	}
	if !bytes.Equal(save(t, one), save(t, three)) {
		t.Error("weights differ between 1 and 3 threads")
	}
}

func TestSparseRunResumes(t *testing.T) {
	whole := mustRun(t, sparseConfig(), 1)
	want := finish(t, whole)
	first := mustRun(t, sparseConfig(), 1)
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

// TestSavedConnectionsCount: the file has them, not the seed.
func TestSavedConnectionsCount(t *testing.T) {
	r := mustRun(t, sparseConfig(), 1)
	saved := save(t, r)
	index := r.network.hidden.sources[2].sparse.index
	old := encodeIndex(index[:7])
	if bytes.Count(saved, old) != 1 {
		t.Fatal("the connections of neuron 0 are not in the file, or not once")
	}
	with := func(connections ...int32) []byte { return bytes.Replace(saved, old, encodeIndex(connections), 1) }
	changed := []int32{1, 2, 3, 4, 5, 128, 129}
	loaded, err := LoadRun(bytes.NewReader(with(changed...)), smallSet(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := loaded.network.hidden.sources[2].sparse.index[:7]; !reflect.DeepEqual(got, changed) {
		t.Errorf("got connections %v, want those of the file, %v", got, changed)
	}
	for name, bad := range map[string][]byte{
		"self":       with(0, 2, 3, 4, 5, 6, 7),
		"twice":      with(2, 2, 3, 4, 5, 6, 7),
		"descending": with(3, 2, 4, 5, 6, 7, 8),
		"negative":   with(-1, 2, 3, 4, 5, 6, 7),
		"high":       with(1, 2, 3, 4, 5, 6, 130),
	} {
		if _, err := LoadRun(bytes.NewReader(bad), smallSet(t), Options{}); err == nil || !strings.Contains(err.Error(), "hidden.L.index") {
			t.Errorf("%s: got error %v, want one that names the tensor", name, err)
		}
	}
	if size := binary.LittleEndian.Uint64(saved); size > 1<<12 {
		t.Errorf("header of %d bytes", size)
	}
}

// TestFewNeuronsAreDense: where there are not more others than connections,
// setup 2 is setup 1.
func TestFewNeuronsAreDense(t *testing.T) {
	two, one := smallConfig(), smallConfig()
	two.Network, two.MaxConnections = "setup2", 6
	a, b := mustRun(t, two, 1), mustRun(t, one, 1)
	if got, want := finish(t, a), finish(t, b); !reflect.DeepEqual(got, want) {
		t.Errorf("got epochs %v, want those of setup 1, %v", got, want)
	}
}

// TestConfigWithoutMaxConnections is one of a version that had none.
func TestConfigWithoutMaxConnections(t *testing.T) {
	c := smallConfig()
	text, err := json.Marshal(c)
	if err != nil || bytes.Contains(text, []byte("max_connections")) {
		t.Errorf("got %s (%v), want nothing of max_connections", text, err)
	}
	c.Network = "setup2"
	r := mustRun(t, c, 1)
	if got := r.Config().MaxConnections; got != 100 {
		t.Errorf("got %d connections in setup 2, want the published 100", got)
	}
	if got := mustRun(t, smallConfig(), 1).Config().MaxConnections; got != 0 {
		t.Errorf("got %d connections in setup 1, want 0", got)
	}
}

// TestSparseMemory: no tensor of the network grows with the square of the
// neurons.
func TestSparseMemory(t *testing.T) {
	c := sparseConfig()
	c.Hidden = 5000
	n, err := newNetwork(c, 64, traceScale, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range n.parameters() {
		if len(p.value) > 5100*64 {
			t.Errorf("%s has %d numbers", name, len(p.value))
		}
	}
}

func FuzzLoadSparseRun(f *testing.F) {
	c := sparseConfig()
	c.Hidden, c.MaxConnections = 4, 2
	f.Add(save(f, mustRun(f, c, 1)))
	set := smallSet(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := LoadRun(bytes.NewReader(file), set, Options{})
		if err == nil && r == nil {
			t.Error("neither a run nor an error")
		}
	})
}
