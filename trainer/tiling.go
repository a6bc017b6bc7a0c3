package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// tiling lays out a layer's neurons for the kernels: in tiles of equal width,
// a multiple of kernel.Lane, of which the last places may be empty. What
// belongs to neurons is stored tile by tile; within a tile, row by row, a row
// being one sample or one input, and one place for each neuron.
type tiling struct {
	neurons int
	tiles   int
	width   int // places of a tile
}

func newTiling(neurons int) tiling {
	tiles := (neurons + kernel.MaxWidth - 1) / kernel.MaxWidth
	width := (neurons + tiles - 1) / tiles
	width = (width + kernel.Lane - 1) / kernel.Lane * kernel.Lane
	return tiling{neurons, (neurons + width - 1) / width, width}
}

// ownTiles gives each neuron a tile, of width 1: rows are stored as
// [neurons][rows], for parameters that no kernel takes by rows of neurons.
func ownTiles(neurons int) tiling { return tiling{neurons, neurons, 1} }

// size returns the length of an array with that many rows in each tile.
func (t tiling) size(rows int) int { return t.tiles * rows * t.width }

// tile returns the rows of one tile of an array.
func (t tiling) tile(values []float32, tile int) []float32 {
	n := len(values) / t.tiles
	return values[tile*n:][:n:n]
}

// row returns one row of a tile.
func (t tiling) row(tile []float32, i int) []float32 { return tile[i*t.width:][:t.width:t.width] }

// place returns the tile of a neuron and its place there.
func (t tiling) place(neuron int) (tile, place int) { return neuron / t.width, neuron % t.width }

// used returns how many places of a tile have a neuron.
func (t tiling) used(tile int) int { return min(t.width, t.neurons-tile*t.width) }

// pack sets dst, in tiles of rows, from src, [neurons][rows].
func (t tiling) pack(dst, src []float32, rows int) {
	for n := range t.neurons {
		tile, place := t.place(n)
		into := t.tile(dst, tile)
		for i, v := range src[n*rows:][:rows] {
			into[i*t.width+place] = v
		}
	}
}

// unpack sets dst, [neurons][rows], from src in tiles of rows.
func (t tiling) unpack(dst, src []float32, rows int) {
	for n := range t.neurons {
		tile, place := t.place(n)
		from := t.tile(src, tile)
		for i := range rows {
			dst[n*rows+i] = from[i*t.width+place]
		}
	}
}
