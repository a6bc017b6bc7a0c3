package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/goal-search/goal-search/internal/kernel"
)

// randomOutputs are those of some neurons for a batch. Places without a neuron
// put out something, too.
func randomOutputs(r *rand.Rand, neurons, batch int) *outputs {
	o := &outputs{tiling: newTiling(neurons)}
	o.bySample = make([]uint16, o.tiling.size(batch)/kernel.Lane)
	for i := range o.bySample {
		o.bySample[i] = uint16(r.Uint32())
	}
	o.turn(batch)
	return o
}

// sign is a neuron's output for a sample.
func (o *outputs) sign(neuron, sample, batch int) float64 {
	tile, place := o.tiling.place(neuron)
	word := o.bySample[(tile*batch+sample)*o.perRow()+place/kernel.Lane]
	return float64(int(word>>(place%kernel.Lane)&1)*2 - 1)
}

// TestSourceOfOutputsEqualsSums looks at one tile and at several, and at batches
// that fill no words.
func TestSourceOfOutputsEqualsSums(t *testing.T) {
	for _, in := range []int{1, 6, 100, 130} {
		for _, neurons := range []int{1, 10, 100, 230} {
			for _, batch := range []int{1, 17, 100, 600} {
				for _, threads := range []int{1, 2} {
					name := fmt.Sprintf("%d inputs, %d neurons, %d samples, %d threads", in, neurons, batch, threads)
					checkSourceOfOutputs(t, name, in, neurons, batch, threads)
				}
			}
		}
	}
}

func checkSourceOfOutputs(t *testing.T, name string, in, neurons, batch, threads int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	tiling, o := newTiling(neurons), randomOutputs(r, in, batch)
	s := newSource(tiling, in, wire{origin: fromLayer}, ownField, 0, threads)
	s.initialise(r)
	s.resize(batch)
	s.present(input{outputs: o}, batch)
	slopes := make([]float32, neurons*batch)
	for i := range slopes {
		slopes[i] = 2*r.Float32() - 1
	}
	tiling.pack(s.slope, slopes, batch)
	s.backward()

	fields, weights := make([]float32, neurons*batch), make([]float32, neurons*in)
	biases, gradients := make([]float32, neurons), make([]float32, neurons*in)
	tiling.unpack(fields, s.field, batch)
	tiling.unpack(weights, s.weight.value, in)
	tiling.unpack(biases, s.bias.value, 1)
	tiling.unpack(gradients, s.weight.gradient, in)
	for n := range neurons {
		for b := range batch {
			want := float64(biases[n])
			for i := range in {
				want += float64(weights[n*in+i]) * o.sign(i, b, batch)
			}
			if got := float64(fields[n*batch+b]); math.Abs(got-want) > 2e-6*math.Sqrt(float64(in)) {
				t.Fatalf("%s: field %d of neuron %d is %g, want %g", name, b, n, got, want)
			}
		}
		for i := range in {
			want := 0.
			for b := range batch {
				want += float64(slopes[n*batch+b]) * o.sign(i, b, batch)
			}
			if got := float64(gradients[n*in+i]); math.Abs(got-want) > 2e-6*float64(batch) {
				t.Fatalf("%s: gradient %d of neuron %d is %g, want %g", name, i, n, got, want)
			}
		}
	}
}
