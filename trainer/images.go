package trainer

import "github.com/goal-search/goal-search/trainer/dataset"

// images are a batch of images as a source takes them: value p of an image is
// the scaled byte p, less the input's shift.
type images interface {
	// present adds to dst, a row for each sample from first to before last,
	// the sum of the weights' rows by pixel, times the values. Rows have some
	// width, and a neuron at the places that are used.
	present(dst, weights []float32, width, used, first, last int)
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

// imageProduct multiplies images.
type imageProduct struct {
	source                    *source
	presentTask, backwardTask func(thread, task int) // made once: a closure would be allocated each time
}

func newImageProduct(s *source) *imageProduct {
	p := &imageProduct{source: s}
	p.presentTask, p.backwardTask = p.presentSamples, p.backwardPixels
	return p
}

// imagesPerTask is how many images one thread presents at a time: many, since it
// reads a tile's weights for them, and a multiple of what the product of dense
// pixels takes.
const imagesPerTask = 22 * blockRowsDense

func (p *imageProduct) present() {
	s := p.source
	parallel(s.threads, s.tiling.tiles*tasks(s.batch, imagesPerTask), p.presentTask)
}

// presentSamples computes the fields of some samples in one tile.
func (p *imageProduct) presentSamples(_, task int) {
	s := p.source
	tile, first, last := part(task, s.batch, imagesPerTask)
	width := s.tiling.width
	rows := s.tiling.tile(s.field, tile)[first*width : last*width]
	fillRows(rows, s.tiling.tile(s.base, tile))
	s.input.images.present(rows, s.tiling.tile(s.weight.value, tile), width, s.tiling.used(tile), first, last)
}

// tilesPerTask is how many tiles one thread takes at a time of the gradients:
// they share what is prepared of the images.
const tilesPerTask = 9

func (p *imageProduct) backward() {
	s := p.source
	s.backwardBias()
	for i, v := range s.bias.gradient {
		s.base[i] = -s.input.shift * v
	}
	parallel(s.threads, tasks(s.tiling.tiles, tilesPerTask)*tasks(s.in, s.input.images.pixelsPerTask()), p.backwardTask)
}

// backwardPixels sets the gradients of the weights of some pixels in some tiles.
func (p *imageProduct) backwardPixels(thread, task int) {
	s := p.source
	group, first, last := part(task, s.in, s.input.images.pixelsPerTask())
	g := imageGradients{
		tiling: s.tiling, fromTile: group * tilesPerTask, toTile: min((group+1)*tilesPerTask, s.tiling.tiles),
		first: first, last: last, gradient: s.weight.gradient, slope: s.slope,
	}
	for tile := g.fromTile; tile < g.toTile; tile++ {
		gradient, _ := g.tile(tile)
		fillRows(gradient, s.tiling.tile(s.base, tile))
	}
	s.input.images.backward(thread, g)
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
