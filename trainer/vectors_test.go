package trainer

import (
	"fmt"
	"math"
	"testing"

	"github.com/goal-search/goal-search/internal/vectors"
	"github.com/goal-search/goal-search/pid"
)

// deviation keeps the largest difference seen, for the closing log line.
type deviation struct {
	largest  float64
	compared int
}

// compare fails unless got and want differ by at most tolerance relative to
// scale.
func (d *deviation) compare(t *testing.T, name string, got, want []float64, scale, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d values, want %d", name, len(got), len(want))
	}
	for i := range want {
		diff := math.Abs(got[i]-want[i]) / scale
		d.compared++
		d.largest = max(d.largest, diff)
		if !(diff <= tolerance) {
			t.Fatalf("%s[%d]: got %.17g, want %.17g, difference %.3g above %.3g", name, i, got[i], want[i], diff, tolerance)
		}
	}
}

func (d *deviation) log(t *testing.T, what string) {
	t.Helper()
	if d.compared == 0 {
		t.Fatalf("%s: nothing was compared", what)
	}
	t.Logf("%s: %d numbers, largest deviation %.2g", what, d.compared, d.largest)
}

// recordedDrawer gives the outputs that the reference drew.
type recordedDrawer[T pid.Float] struct {
	presentations [][]string // [presentation][sample], a '1' or '0' for each neuron
}

func (d recordedDrawer[T]) draw(dst, _ []T, presentation, neuron int) {
	for b := range dst {
		dst[b] = -1
		if d.presentations[presentation-1][b][neuron] == '1' {
			dst[b] = 1
		}
	}
}

type stepSetup struct {
	Name        string
	ModelClass  string    `json:"model_class"`
	NInputs     int       `json:"n_inputs"`
	NHidden     int       `json:"n_hidden"`
	GammaHidden []float64 `json:"gamma_hidden"`
	GammaOutput []float64 `json:"gamma_output"`
	Optimiser   struct {
		Hidden, Output struct {
			LR          float64
			WeightDecay float64 `json:"weight_decay"`
		}
	}
	LateralMask    any            `json:"lateral_mask"`
	MaxConnections int            `json:"max_connections"`
	InitialParams  map[string]any `json:"initial_params"`
	Steps          []struct {
		X             [][]float64
		Labels        []int
		Draws         map[string][]string
		LossHidden    float64     `json:"loss_hidden"`
		LossOutput    float64     `json:"loss_output"`
		TrainAccuracy float64     `json:"train_accuracy"`
		InfoHidden    [][]float64 `json:"info_hidden"`
		InfoOutput    [][]float64 `json:"info_output"`
		Grads         map[string]any
		ParamsAfter   map[string]any `json:"params_after"`
	}
	Evaluation struct {
		X           [][]float64
		Labels      []int
		Draws       map[string][]string
		LossHidden  float64     `json:"loss_hidden"`
		LossOutput  float64     `json:"loss_output"`
		ThetaOutput [][]float64 `json:"theta_output"`
		Accuracy    float64
	} `json:"evaluation_after_last_step"`
}

func (s stepSetup) config(network string) Config {
	c := DefaultConfig()
	c.Network, c.Hidden, c.Goal, c.OutputGoal = network, s.NHidden, s.GammaHidden, s.GammaOutput
	if architectures[network].limitsConnections() {
		c.MaxConnections = s.MaxConnections
	}
	c.LearningRate, c.WeightDecay = s.Optimiser.Hidden.LR, s.Optimiser.Hidden.WeightDecay
	c.OutputLearningRate, c.OutputWeightDecay = s.Optimiser.Output.LR, s.Optimiser.Output.WeightDecay
	return c
}

// network returns the network that the setup is a case of; "" if it is one
// that is not built.
func (s stepSetup) network() string {
	switch {
	case s.ModelClass != "InfomorphicContextLateralModel":
		return ""
	case s.MaxConnections < s.NHidden:
		return "setup2"
	}
	return "setup1"
}

// TestStepEqualsReference trains the reference's small networks step by step
// on their recorded draws.
func TestStepEqualsReference(t *testing.T) {
	var file struct{ Setups []stepSetup }
	vectors.Load(t, "step.json", &file)
	compared := make(map[string]int)
	for _, setup := range file.Setups {
		network := setup.network()
		if network == "" {
			continue
		}
		compared[network]++
		t.Run(setup.Name, func(t *testing.T) {
			n, err := newReferenceNetwork[float64](setup.config(network), setup.NInputs, 1)
			if err != nil {
				t.Fatal(err)
			}
			n.set(t, setup.InitialParams)
			n.connect(flatten(setup.LateralMask))
			stepThrough(t, n, setup)
			evaluateAfter(t, n, setup)
		})
	}
	t.Logf("step.json: %v of %d setups", compared, len(file.Setups))
	for _, network := range Networks() {
		if compared[network] == 0 {
			t.Errorf("no setup is a case of %s", network)
		}
	}
}

func stepThrough(t *testing.T, n *referenceNetwork[float64], setup stepSetup) {
	var losses, information, gradients, parameters deviation
	for i, step := range setup.Steps {
		at := fmt.Sprintf("step %d ", i+1)
		n.loadVectors(step.X)
		draw := recordedDrawer[float64]{[][]string{step.Draws["hidden_1"], step.Draws["hidden_2"]}}
		r := n.train(bytesOf(step.Labels), draw, true)
		losses.compare(t, at+"losses", []float64{-r.hiddenGoal, -r.outputGoal}, []float64{step.LossHidden, step.LossOutput}, 1, 1e-12)
		losses.compare(t, at+"accuracy", []float64{r.accuracy}, []float64{step.TrainAccuracy}, 1, 1e-12)
		if step.InfoHidden != nil { // of the first step
			information.compare(t, at+"hidden terms", n.hidden.terms, flatten(step.InfoHidden), 1, 1e-12)
			information.compare(t, at+"output terms", n.output.terms, flatten(step.InfoOutput), 1, 1e-12)
		}
		for name, p := range n.parameters() {
			if want, ok := step.Grads[name]; ok {
				values := flatten(want)
				gradients.compare(t, at+"gradient of "+name, p.gradient, values, scaleOf(values), 1e-11)
			}
			if want, ok := step.ParamsAfter[name]; ok {
				parameters.compare(t, at+name, p.value, flatten(want), 1, 1e-12)
			}
		}
	}
	losses.log(t, "losses and accuracies")
	information.log(t, "information terms")
	gradients.log(t, "gradients, relative to the largest")
	parameters.log(t, "parameters")
}

func evaluateAfter(t *testing.T, n *referenceNetwork[float64], setup stepSetup) {
	var d deviation
	e := setup.Evaluation
	n.loadVectors(e.X)
	draw := recordedDrawer[float64]{[][]string{e.Draws["hidden_1"], e.Draws["hidden_2"]}}
	n.forward(referenceSilence[float64]{}, draw)
	theta := make([]float64, len(n.output.theta))
	transposeInto(theta, n.output.theta, n.output.neurons, len(e.Labels), 1)
	d.compare(t, "evaluation theta", theta, flatten(e.ThetaOutput), 1, 1e-12)
	d.compare(t, "evaluation losses", []float64{-n.hidden.estimate(false), -n.output.estimate(false)}, []float64{e.LossHidden, e.LossOutput}, 1, 1e-12)
	d.compare(t, "evaluation accuracy", []float64{n.evaluate(bytesOf(e.Labels), draw)}, []float64{e.Accuracy}, 1, 1e-12)
	d.log(t, "evaluation")
}

func TestAccuracyEqualsReference(t *testing.T) {
	var file struct {
		Cases []struct {
			Name     string
			Theta    [][]float64
			Labels   []int
			Accuracy float64
		}
		EpochAccuracy float64 `json:"epoch_accuracy"`
	}
	vectors.Load(t, "accuracy.json", &file)
	var d deviation
	var sum float64
	for _, c := range file.Cases {
		classes := len(c.Theta[0])
		theta := make([]float64, len(c.Labels)*classes)
		transposeInto(theta, flatten(c.Theta), len(c.Labels), classes, 1)
		got := accuracy(theta, bytesOf(c.Labels))
		d.compare(t, c.Name, []float64{got}, []float64{c.Accuracy}, 1, 1e-12)
		sum += got
	}
	d.compare(t, "epoch accuracy", []float64{sum / float64(len(file.Cases))}, []float64{file.EpochAccuracy}, 1, 1e-12)
	d.log(t, fmt.Sprintf("accuracy.json, %d cases", len(file.Cases)))
}

func TestActivationsEqualReference(t *testing.T) {
	var file struct {
		Cases []struct {
			Activation string
			Params     map[string]float64
			Points     [][]float64
			Theta      []float64
			DR         []float64 `json:"d_dr"`
			DC         []float64 `json:"d_dc"`
			DL         []float64 `json:"d_dl"`
		}
	}
	vectors.Load(t, "activation.json", &file)
	var d deviation
	compared := 0
	for _, c := range file.Cases {
		var a referenceActivation[float64]
		switch c.Activation {
		case "Schneider3SourceActivation":
			a = schneider[float64]{c.Params["c1"], c.Params["c2"], c.Params["w1"], c.Params["w2"]}
		case "GraetzActivation":
			a = graetz[float64]{c.Params["k1"], c.Params["k2"]}
		default:
			continue // surrogate activations belong to the baselines
		}
		compared++
		n := len(c.Points)
		points, theta, one := make([]float64, n*len(c.Points[0])), make([]float64, n), make([]float64, n)
		transposeInto(points, flatten(c.Points), n, len(c.Points[0]), 1)
		var fields, slopes [][]float64
		for s := range c.Points[0] {
			fields = append(fields, points[s*n:][:n])
			slopes = append(slopes, make([]float64, n))
		}
		for i := range one {
			one[i] = 1
		}
		a.probability(theta, fields)
		a.backward(slopes, one, theta, fields)
		name := fmt.Sprint(c.Activation, c.Params)
		d.compare(t, name+" theta", theta, c.Theta, 1, 1e-14)
		for s, want := range [][]float64{c.DR, c.DC, c.DL}[:len(slopes)] {
			d.compare(t, fmt.Sprintf("%s slope %d", name, s), slopes[s], want, max(1, scaleOf(want)), 1e-14)
		}
	}
	d.log(t, fmt.Sprintf("activation.json, %d of %d cases", compared, len(file.Cases)))
}

// set gives the network the reference's parameters.
func (n *referenceNetwork[T]) set(t *testing.T, values map[string]any) {
	t.Helper()
	for name, p := range n.parameters() {
		from := flatten(values[name])
		if len(from) != len(p.value) {
			t.Fatalf("%s: got %d values, want %d", name, len(from), len(p.value))
		}
		for i, v := range from {
			p.value[i] = T(v)
		}
	}
}

// connect gives drawn connections the reference's mask.
func (n *referenceNetwork[T]) connect(mask []float64) {
	for _, s := range n.hidden.sources {
		for i := range s.mask {
			s.mask[i] = T(mask[i])
		}
	}
}

func (n *referenceNetwork[T]) loadVectors(x [][]float64) {
	n.images.resize(len(x[0]), len(x))
	for i, v := range flatten(x) {
		n.images.rows[i] = T(v)
	}
}

// flatten returns the numbers of a nested list in order.
func flatten(v any) []float64 {
	switch v := v.(type) {
	case float64:
		return []float64{v}
	case []float64:
		return v
	case [][]float64:
		var all []float64
		for _, row := range v {
			all = append(all, row...)
		}
		return all
	case []any:
		var all []float64
		for _, e := range v {
			all = append(all, flatten(e)...)
		}
		return all
	}
	return nil
}

func bytesOf(labels []int) []byte {
	b := make([]byte, len(labels))
	for i, l := range labels {
		b[i] = byte(l)
	}
	return b
}

// scaleOf returns the largest absolute value, or 1 when all are 0.
func scaleOf(values []float64) float64 {
	var m float64
	for _, v := range values {
		m = max(m, math.Abs(v))
	}
	if m == 0 {
		return 1
	}
	return m
}
