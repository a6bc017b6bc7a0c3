package trainer

import (
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// wholeImages are the bytes of images, both ways, for products with all of
// them.
type wholeImages struct {
	rows    [][]byte // by sample
	columns [][]byte // by pixel; only learning needs them
	turned  []byte   // the columns' memory
	scale   float32
}

func (w *wholeImages) load(from *dataset.Images, chosen []int32, learn bool) {
	w.rows = w.rows[:0]
	for _, i := range chosen {
		w.rows = append(w.rows, from.Image(int(i)))
	}
	if learn {
		w.turn()
	}
}

// turn sets the columns. An odd number of cache lines from one pixel to the
// next spreads the pixels over the sets of the cache.
func (w *wholeImages) turn() {
	const line = 64
	pixels := len(w.rows[0])
	stride := (tasks(len(w.rows), line) | 1) * line
	w.turned = grow(w.turned, pixels*stride)
	kernel.TransposeBytes(w.turned, stride, w.rows)
	w.columns = grow(w.columns, pixels)
	for i := range w.columns {
		w.columns[i] = w.turned[i*stride:][:len(w.rows)]
	}
}

func (w *wholeImages) present(dst, weights []float32, width, used, first, last int) {
	addBytes(dst, weights, width, used, w.rows[first:last], w.scale)
}

func (w *wholeImages) pixelsPerTask() int { return 4 * blockRowsDense }

func (w *wholeImages) backward(_ int, g imageGradients) {
	for tile := g.fromTile; tile < g.toTile; tile++ {
		gradient, slope := g.tile(tile)
		addBytes(gradient, slope, g.tiling.width, g.tiling.used(tile), w.columns[g.first:g.last], w.scale)
	}
}

// A block of a dense product: what the fastest cache holds beside a tile's rows
// of weights or slopes. The rows are a multiple of what the kernels take at
// once.
const (
	blockRowsDense = 24
	blockDepth     = 192
)

// addBytes adds scale·x·m to dst, where x has the rows of bytes x, and m rows
// of width floats, of which some are used.
func addBytes(dst, m []float32, width, used int, x [][]byte, scale float32) {
	var block [blockRowsDense * blockDepth]float32
	for len(m) > 0 {
		depth := min(blockDepth, len(m)/width)
		first := len(x[0]) - len(m)/width
		for i := 0; i < len(x); i += blockRowsDense {
			rows := x[i:min(i+blockRowsDense, len(x))]
			kernel.ScaleBytes(block[:], blockDepth, rows, first, depth, scale)
			kernel.AddDense(dst[i*width:(i+len(rows))*width], m[:depth*width], width, used, block[:], blockDepth, len(rows), depth)
		}
		m = m[depth*width:]
	}
}
