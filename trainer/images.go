package trainer

import "github.com/goal-search/goal-search/trainer/dataset"

// images are a batch of images as a source takes them: value p of an image is
// the scaled byte p, less the input's shift.
type images interface {
	// present adds to dst, a row for each sample from first to before last,
	// the sum of the weights' rows by pixel, times the values.
	present(dst, weights []float32, width, first, last int)
	// backward adds to the gradients' rows by pixel the sum of the slopes' rows
	// by sample, times the values.
	backward(thread int, g imageGradients)
	// pixelsPerTask is how many pixels one thread takes backward at a time.
	pixelsPerTask() int
}

// imageGradients are the gradients that one task computes: of the weights of
// some pixels, from first to before last, in some tiles.
type imageGradients struct {
	tiling           tiling
	fromTile, toTile int
	first, last      int
	gradient, slope  []float32 // in tiles of rows, by pixel and by sample
}

// tile returns the rows of one tile: of the task's pixels, and of all samples.
func (g *imageGradients) tile(tile int) (gradient, slope []float32) {
	width := g.tiling.width
	return g.tiling.tile(g.gradient, tile)[g.first*width : g.last*width], g.tiling.tile(g.slope, tile)
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
