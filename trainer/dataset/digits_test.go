package dataset

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

func digits(t testing.TB, stream Stream, n int) *Images {
	t.Helper()
	im, err := renderDigits(stream, n)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// The digits are data: a change of a single pixel changes every result
// obtained on them. The hash holds on every machine (see digits.go).
func TestDigitsAreFixed(t *testing.T) {
	for stream, want := range map[Stream]string{
		digitsTrainStream: "sha256:19ca36c5078b62c03a63c6a0fc52667099e9c63e9d52722ad421ee2e7c3ff082",
		digitsTestStream:  "sha256:22c926b5fd80775166b3faf6b761f948f72a718d3b566a5e8ed52efa1bf60a8d",
	} {
		if got := hash(digits(t, stream, 1000)); got != want {
			t.Errorf("stream %d: the first 1000 digits have the hash %s, want %s", stream, got, want)
		}
	}
}

func TestADigitDependsOnItsNumberAlone(t *testing.T) {
	all := digits(t, digitsTrainStream, 700)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, n := range []int{1, 256, 257, 700} {
		few := digits(t, digitsTrainStream, n)
		if !bytes.Equal(few.Pixels, all.Pixels[:n*784]) || !bytes.Equal(few.Labels, all.Labels[:n]) {
			t.Errorf("the first %d of %d digits differ from %d digits alone", n, all.Len(), n)
		}
	}
}

func TestDigitsAreSparseVariedAndBalanced(t *testing.T) {
	im := digits(t, digitsTrainStream, 5000)
	var ink, full int
	for _, x := range im.Pixels {
		if x > 0 {
			ink++
		}
		if x > 128 {
			full++
		}
	}
	share, strong := float64(ink)/float64(len(im.Pixels)), float64(full)/float64(len(im.Pixels))
	if share < 0.12 || share > 0.28 || strong < 0.06 {
		t.Errorf("%.3f of the pixels have ink and %.3f much: want 0.12 to 0.28 (MNIST 0.19) and at least 0.06", share, strong)
	}
	var classes [Classes]int
	seen := map[string]bool{}
	for i, label := range im.Labels {
		classes[label]++
		seen[string(im.Image(i))] = true
	}
	if len(seen) != im.Len() {
		t.Errorf("only %d of %d digits differ", len(seen), im.Len())
	}
	for label, n := range classes {
		if n < 400 || n > 600 { // 500 ± 4.7 standard deviations
			t.Errorf("%d of %d digits are a %d", n, im.Len(), label)
		}
	}
}

func TestEveryDigitLiesInItsImage(t *testing.T) {
	im := digits(t, digitsTestStream, 2000)
	for i := range im.Len() {
		if sum := inkOf(im.Image(i)); sum < 2000 {
			t.Errorf("digit %d has an ink of %d, want at least 2000", i, sum)
		}
	}
}

func inkOf(image []byte) int {
	sum := 0
	for _, x := range image {
		sum += int(x)
	}
	return sum
}

func TestTestDigitsAreOthers(t *testing.T) {
	train, test := digits(t, digitsTrainStream, 100), digits(t, digitsTestStream, 100)
	for i := range test.Len() {
		if bytes.Contains(train.Pixels, test.Image(i)) {
			t.Errorf("test digit %d is among the training digits", i)
		}
	}
}

// A glyph's distances must be negative in its ink and nowhere else.
func TestFieldsShowTheDigits(t *testing.T) {
	fields, err := digitFields()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for y := -1.0; y <= 1; y += 0.25 {
		for x := -0.75; x <= 0.76; x += 0.25 {
			b.WriteByte(map[bool]byte{true: '#', false: '.'}[fields[7][0].at(x, y) < 0.03])
		}
		b.WriteByte('\n')
	}
	if got := b.String(); got != sevenWanted {
		t.Errorf("a regular 7 is\n%s\nwant\n%s", got, sevenWanted)
	}
}

const sevenWanted = `.#####.
.#####.
....##.
....#..
...#...
..##...
..#....
..#....
.##....
`

func BenchmarkDigits(b *testing.B) {
	digits(b, digitsTrainStream, 1) // the fields
	for b.Loop() {
		digits(b, digitsTrainStream, 1000)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/image")
}

func BenchmarkDigitFields(b *testing.B) {
	for b.Loop() {
		if _, err := newFields(); err != nil {
			b.Fatal(err)
		}
	}
}
