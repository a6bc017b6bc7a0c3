package trainer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/goal-search/goal-search/internal/vectors"
	"github.com/goal-search/goal-search/pid"
	"github.com/goal-search/goal-search/trainer/dataset"
	"github.com/goal-search/goal-search/trainer/dataset/datasettest"
)

// trace is a recorded training run of the authors' setup 1 at real size.
type trace struct {
	Goal       []float64
	Parameters []struct {
		Name  string
		Shape []int
	}
	Batches []int
	Steps   []struct {
		LossHidden float64 `json:"loss_hidden"`
		LossOutput float64 `json:"loss_output"`
		Accuracy   float64
		HiddenInfo []float64 `json:"hidden_info_mean"`
		OutputInfo []float64 `json:"output_info_mean"`
	}

	index []int32 // positions in the training file, batch after batch
	draws []byte  // [batch][presentation][sample][13], a bit for each neuron
	start [][]float64
	end   [][]float64
}

const (
	traceNeurons  = 100
	traceRowBytes = (traceNeurons + 7) / 8
)

func loadTrace(t testing.TB, name string) *trace {
	t.Helper()
	var tr trace
	vectors.Load(t, name+".json", &tr)
	r := bytes.NewReader(vectors.Binary(t, name+".bin"))
	read := func(v any) {
		if err := binary.Read(r, binary.LittleEndian, v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	samples := 0
	for _, n := range tr.Batches {
		samples += n
	}
	index := make([]uint32, samples)
	read(index)
	for _, i := range index {
		tr.index = append(tr.index, int32(i))
	}
	tr.draws = make([]byte, samples*2*traceRowBytes)
	read(tr.draws)
	for _, p := range tr.Parameters {
		values := make([]float32, size(p.Shape))
		read(values)
		tr.start = append(tr.start, widen(values))
	}
	for _, p := range tr.Parameters {
		values := make([]float64, size(p.Shape))
		read(values)
		tr.end = append(tr.end, values)
	}
	return &tr
}

func size(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

func widen(values []float32) []float64 {
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide
}

// parameterName translates "hidden_layer1.sources.0.weight" to
// "hidden.F.weight".
func parameterName(name string) string {
	return strings.NewReplacer("hidden_layer1", "hidden", "output_layer", "output",
		"sources.0", "F", "sources.1", "C", "sources.2", "L").Replace(name)
}

// traceDrawer gives the outputs of one batch of a trace.
type traceDrawer[T pid.Float] struct{ draws []byte }

func (d traceDrawer[T]) draw(dst, _ []T, presentation, neuron int) {
	rows := d.draws[(presentation-1)*len(dst)*traceRowBytes:]
	for b := range dst {
		dst[b] = -1
		if rows[b*traceRowBytes+neuron/8]>>(7-neuron%8)&1 == 1 {
			dst[b] = 1
		}
	}
}

// traceTolerances bound the differences to the authors' float64 run.
type traceTolerances struct {
	losses, information, parameters float64
	accuracy                        float64
	far                             float64 // share of parameters beyond farFrom
}

// traced is a network that can follow a trace.
type traced interface {
	start(name string, values []float64)
	end(name string) []float64
	step(images *dataset.Images, chosen []int32, labels, draws []byte) result
	meanTerms() (hidden, output []float64)
}

// tracedReference is the reference in one precision.
type tracedReference[T pid.Float] struct {
	*referenceNetwork[T]
	values [256]T
}

func (n tracedReference[T]) start(name string, values []float64) {
	for i, v := range values {
		n.parameters()[name].value[i] = T(v)
	}
}

func (n tracedReference[T]) end(name string) []float64 {
	var values []float64
	for _, v := range n.parameters()[name].value {
		values = append(values, float64(v))
	}
	return values
}

func (n tracedReference[T]) step(images *dataset.Images, chosen []int32, labels, draws []byte) result {
	n.load(images, chosen, &n.values)
	return n.train(labels, traceDrawer[T]{draws}, true)
}

func (n tracedReference[T]) meanTerms() (hidden, output []float64) {
	hidden, output = make([]float64, 19), make([]float64, 5)
	n.hidden.meanTerms(hidden)
	n.output.meanTerms(output)
	return hidden, output
}

// tracedNetwork is the network that is trained.
type tracedNetwork struct{ *network }

func (n tracedNetwork) start(name string, values []float64) {
	p := n.parameters()[name]
	p.tiling.pack(p.value, narrow(values), p.rows)
}

func narrow(values []float64) []float32 {
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return narrow
}

func (n tracedNetwork) end(name string) []float64 {
	p := n.parameters()[name]
	values := make([]float32, p.tiling.neurons*p.rows)
	p.tiling.unpack(values, p.value, p.rows)
	return widen(values)
}

func (n tracedNetwork) step(images *dataset.Images, chosen []int32, labels, draws []byte) result {
	return n.train(n.load(images, chosen, true), labels, tracePlaces{draws, len(chosen), n.hidden.tiling}, true)
}

func (n tracedNetwork) meanTerms() (hidden, output []float64) {
	hidden, output = make([]float64, 19), make([]float64, 5)
	n.hidden.meanTerms(hidden)
	n.output.meanTerms(output)
	return hidden, output
}

// tracePlaces gives the outputs of one batch of a trace, as bits of places.
type tracePlaces struct {
	draws  []byte
	batch  int
	tiling tiling
}

func (d tracePlaces) draw(fired []uint16, _ []float32, presentation, first int) {
	rows := d.draws[(presentation-1)*d.batch*traceRowBytes:]
	for i := range fired {
		place := first + 16*i
		sample, neuron := place/d.tiling.width, place%d.tiling.width
		fired[i] = 0
		for bit := range 16 {
			if n := neuron + bit; n < traceNeurons && rows[sample*traceRowBytes+n/8]>>(7-n%8)&1 == 1 {
				fired[i] |= 1 << bit
			}
		}
	}
}

var traceScale = dataset.Normalization{Mean: 33.31842, Std: 78.56749}

func newTracedReference[T pid.Float](t *testing.T, c Config, pixels int) traced {
	n, err := newReferenceNetwork[T](c, pixels, 2)
	if err != nil {
		t.Fatal(err)
	}
	return tracedReference[T]{n, normalisedBytes[T](traceScale)}
}

func runTrace(t *testing.T, n traced, tr *trace, images *dataset.Images, allowed traceTolerances) {
	for i, p := range tr.Parameters {
		n.start(parameterName(p.Name), tr.start[i])
	}
	var losses, information, end deviation
	far := 0
	index, draws := tr.index, tr.draws
	for i, batch := range tr.Batches {
		r := n.step(images, index[:batch], labelsOf(images, index[:batch]), draws)
		want := tr.Steps[i]
		losses.compare(t, "losses", []float64{-r.hiddenGoal, -r.outputGoal}, []float64{want.LossHidden, want.LossOutput}, 1, allowed.losses)
		losses.compare(t, "accuracy", []float64{r.accuracy}, []float64{want.Accuracy}, 1, allowed.accuracy)
		hidden, output := n.meanTerms()
		information.compare(t, "hidden terms", hidden, want.HiddenInfo, 1, allowed.information)
		information.compare(t, "output terms", output, want.OutputInfo, 1, allowed.information)
		index, draws = index[batch:], draws[batch*2*traceRowBytes:]
	}
	for i, p := range tr.Parameters {
		name := parameterName(p.Name)
		got := n.end(name)
		end.compare(t, name, got, tr.end[i], 1, allowed.parameters)
		far += countFar(got, tr.end[i])
	}
	// A field within rounding of an edge changes its bin, and then the weights
	// of its neuron; Adam's first steps are as large for a small gradient. Two
	// neurons of the hundred may do so.
	if share := float64(far) / float64(end.compared); share > allowed.far {
		t.Errorf("%.4f %% of the end parameters differ by more than %g: want at most %.4f %%", 100*share, farFrom, 100*allowed.far)
	}
	losses.log(t, "losses and accuracies")
	information.log(t, "mean information terms")
	end.log(t, fmt.Sprintf("end parameters, %d beyond %g", far, farFrom))
}

func labelsOf(images *dataset.Images, chosen []int32) []byte {
	r := Run{}
	return r.labelsOf(images, chosen)
}

// farFrom is far more than rounding makes of a parameter.
const farFrom = 1e-4

func countFar(a, b []float64) int {
	far := 0
	for i := range a {
		if math.Abs(a[i]-b[i]) > farFrom {
			far++
		}
	}
	return far
}

// TestTraceEqualsReference runs twelve real MNIST batches on recorded draws.
func TestTraceEqualsReference(t *testing.T) {
	images := datasettest.MNIST(t).Train
	for _, name := range []string{"trace_init", "trace_trained"} {
		t.Run(name, func(t *testing.T) {
			tr := loadTrace(t, name)
			c := DefaultConfig()
			c.Goal = tr.Goal
			exact := traceTolerances{losses: 1e-10, information: 1e-10, parameters: 1e-9, accuracy: 1e-12}
			rounded := traceTolerances{losses: 5e-3, information: 5e-5, parameters: 5e-3, accuracy: 3e-3, far: 0.02}
			t.Run("reference in float64", func(t *testing.T) {
				runTrace(t, newTracedReference[float64](t, c, images.Size()), tr, images, exact)
			})
			t.Run("reference in float32", func(t *testing.T) {
				runTrace(t, newTracedReference[float32](t, c, images.Size()), tr, images, rounded)
			})
			t.Run("trained network", func(t *testing.T) {
				runTrace(t, tracedNetwork{mustNetwork(t, c, images.Size(), 2)}, tr, images, rounded)
			})
		})
	}
}

func mustNetwork(t testing.TB, c Config, pixels, threads int) *network {
	t.Helper()
	n, err := newNetwork(c, pixels, traceScale, threads)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
