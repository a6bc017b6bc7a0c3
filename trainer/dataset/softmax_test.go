package dataset

import (
	"math"
	"testing"
)

// softmaxAccuracy trains softmax regression with Adam on standardised pixels
// and returns its accuracy on the test images: what can be read from the
// pixels linearly.
func softmaxAccuracy(train, test *Images, epochs int) float64 {
	const batch, rate = 64, 2e-3
	normalization, err := measure(train)
	if err != nil {
		panic(err)
	}
	m := &softmax{size: train.Size(), normalization: normalization}
	m.weights = make([]float64, Classes*(m.size+1))
	m.gradient = make([]float64, len(m.weights))
	first, second := make([]float64, len(m.weights)), make([]float64, len(m.weights))
	order := count(train.Len())
	step := 0
	for epoch := range epochs {
		Shuffle(order, count(train.Len()), 1, TrainStream, epoch)
		for from := 0; from < len(order); from += batch {
			clear(m.gradient)
			for _, i := range order[from:min(from+batch, len(order))] {
				m.learn(train.Image(int(i)), train.Labels[i])
			}
			step++
			scale := rate * math.Sqrt(1-math.Pow(0.999, float64(step))) / (1 - math.Pow(0.9, float64(step)))
			for j, g := range m.gradient {
				first[j] += 0.1 * (g - first[j])
				second[j] += 0.001 * (g*g - second[j])
				m.weights[j] -= scale * first[j] / (math.Sqrt(second[j]) + 1e-8)
			}
		}
	}
	right := 0
	for i := range test.Len() {
		if m.predict(test.Image(i)) == int(test.Labels[i]) {
			right++
		}
	}
	return float64(right) / float64(test.Len())
}

// softmax is a linear classifier of size pixels into Classes.
type softmax struct {
	size              int
	normalization     Normalization
	weights, gradient []float64 // [Classes][size+1], the bias last
	x                 []float64 // [size+1], the image at hand, standardised
	p                 [Classes]float64
}

// forward sets x and the probabilities p.
func (m *softmax) forward(image []byte) {
	m.x = m.x[:0]
	for _, v := range image {
		m.x = append(m.x, (float64(v)-m.normalization.Mean)/m.normalization.Std)
	}
	m.x = append(m.x, 1)
	top := math.Inf(-1)
	for c := range m.p {
		sum := 0.0
		for j, w := range m.weights[c*len(m.x) : (c+1)*len(m.x)] {
			sum += w * m.x[j]
		}
		m.p[c], top = sum, max(top, sum)
	}
	total := 0.0
	for c := range m.p {
		m.p[c] = math.Exp(m.p[c] - top)
		total += m.p[c]
	}
	for c := range m.p {
		m.p[c] /= total
	}
}

// learn adds the image's gradient of the cross-entropy.
func (m *softmax) learn(image []byte, label byte) {
	m.forward(image)
	m.p[label]--
	for c, d := range m.p {
		row := m.gradient[c*len(m.x) : (c+1)*len(m.x)]
		for j, x := range m.x {
			row[j] += d * x
		}
	}
}

func (m *softmax) predict(image []byte) int {
	m.forward(image)
	best := 0
	for c, p := range m.p {
		if p > m.p[best] {
			best = c
		}
	}
	return best
}

// The digits are there to tell goals apart, so a linear classifier must not
// come near what a network reaches (see pose.go).
func TestSoftmaxRegressionIsNotEnough(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	train, test := digits(t, digitsTrainStream, 6000), digits(t, digitsTestStream, 2000)
	got := softmaxAccuracy(train, test, 8)
	t.Logf("softmax regression on %d digits: %.3f", train.Len(), got)
	if got < 0.65 || got > 0.82 {
		t.Errorf("softmax regression reaches %.3f, want 0.65 to 0.82", got)
	}
}
