package dataset

import (
	"math"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		n        int
		fraction float64
		held     int
	}{
		{60000, 0.2, 12000}, // the authors' (notes, section 9)
		{11, 0.2, 3},
		{10, 0, 0},
		{10, -1, 0},
		{10, math.NaN(), 0},
		{10, 1, 10},
		{10, 7, 10},
		{1, 0.01, 1},
		{0, 0.2, 0},
	} {
		train, validation := Split(tc.n, tc.fraction, 30)
		if len(validation) != tc.held || len(train) != tc.n-tc.held {
			t.Errorf("Split(%d, %g) gives %d and %d, want %d and %d", tc.n, tc.fraction, len(train), len(validation), tc.n-tc.held, tc.held)
		}
		all := append(slices.Clone(train), validation...)
		slices.Sort(all)
		for i, image := range all {
			if int(image) != i {
				t.Fatalf("Split(%d, %g) does not hold image %d once", tc.n, tc.fraction, i)
			}
		}
	}
}

// The order is what a recorded seed means: it cannot change.
func TestRandomOrdersAreFixed(t *testing.T) {
	train, validation := Split(10, 0.3, 30)
	if want := [][]int32{{8, 9, 4, 6, 7, 2, 5}, {1, 0, 3}}; !slices.Equal(train, want[0]) || !slices.Equal(validation, want[1]) {
		t.Errorf("Split gives %v and %v, want %v", train, validation, want)
	}
	dst := make([]int32, 10)
	for _, tc := range []struct {
		stream Stream
		epoch  int
		want   []int32
	}{
		{TrainStream, 0, []int32{4, 0, 3, 7, 1, 5, 6, 8, 9, 2}},
		{TrainStream, 1, []int32{3, 4, 6, 0, 9, 2, 1, 7, 5, 8}},
		{ValidationStream, 0, []int32{8, 1, 5, 6, 4, 9, 3, 0, 7, 2}},
	} {
		Shuffle(dst, count(10), 30, tc.stream, tc.epoch)
		if !slices.Equal(dst, tc.want) {
			t.Errorf("stream %d, epoch %d: %v, want %v", tc.stream, tc.epoch, dst, tc.want)
		}
	}
}

func count(n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// Orders of neighbouring seeds, streams and epochs have as many places in
// common as unrelated ones: about 1.
func TestOrdersAreUnrelated(t *testing.T) {
	const n = 1000
	order := func(seed uint64, stream Stream, epoch int) []int32 {
		dst := make([]int32, n)
		Shuffle(dst, count(n), seed, stream, epoch)
		return dst
	}
	base := order(30, TrainStream, 1)
	for name, other := range map[string][]int32{
		"next seed":   order(31, TrainStream, 1),
		"next epoch":  order(30, TrainStream, 2),
		"next stream": order(30, ValidationStream, 1),
		"swapped":     order(1, TrainStream, 30),
		"seed 2^32":   order(30+1<<32, TrainStream, 1),
		"identity":    count(n),
	} {
		same := 0
		for i := range base {
			if base[i] == other[i] {
				same++
			}
		}
		if same > 8 {
			t.Errorf("%s: %d of %d places are the same", name, same, n)
		}
	}
}

func TestShuffleKeepsItsOrder(t *testing.T) {
	order := []int32{5, 3, 9, 1}
	dst := make([]int32, 4)
	Shuffle(dst, order, 1, TrainStream, 0)
	if !slices.Equal(order, []int32{5, 3, 9, 1}) {
		t.Errorf("Shuffle changed order to %v", order)
	}
	slices.Sort(dst)
	if !slices.Equal(dst, []int32{1, 3, 5, 9}) {
		t.Errorf("Shuffle gave %v", dst)
	}
}

func TestShuffleIsUniform(t *testing.T) {
	const n, draws = 5, 20000
	var counts [n][n]int
	dst := make([]int32, n)
	for epoch := range draws {
		Shuffle(dst, count(n), 7, TrainStream, epoch)
		for place, image := range dst {
			counts[place][image]++
		}
	}
	for place := range n {
		for image := range n {
			if got := float64(counts[place][image]) / draws; math.Abs(got-1.0/n) > 0.015 { // 5 standard errors
				t.Errorf("image %d comes at place %d with frequency %.3f, want %.3f", image, place, got, 1.0/n)
			}
		}
	}
}
