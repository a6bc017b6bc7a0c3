package trainer

import "github.com/goal-search/goal-search/trainer/dataset"

// images are a batch of images as a source takes them: value p of an image is
// the scaled byte p, less the input's shift.
type images interface {
	// present adds to dst, a row for each sample from first to before last,
	// the sum of the weights' rows by pixel, times the values.
	present(dst, weights []float32, width, first, last int)
	// backward adds to dst, a row for each pixel from first to before last, the
	// sum of the slopes' rows by sample, times the values.
	backward(thread int, dst, slopes []float32, width, first, last int)
	// pixelsPerTask is how many pixels one thread takes backward at a time.
	pixelsPerTask() int
}

// denseFrom is the share of pixels that are not black from which the product
// with all pixels is faster than that with lists.
const denseFrom = 0.45

// load takes the chosen images as an input: as lists of their pixels, unless
// most of these are not black.
func (n *network) load(from *dataset.Images, chosen []int32, learn bool) input {
	n.batch = len(chosen)
	in := input{shift: n.shift}
	if from.Inked() < n.dense {
		n.listed.load(from, chosen)
		in.images = &n.listed
	} else {
		n.whole.load(from, chosen, learn)
		in.images = &n.whole
	}
	n.clock.lap(LoadImages)
	return in
}
