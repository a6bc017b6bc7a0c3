package trainer

import (
	"bytes"

	"github.com/goal-search/goal-search/internal/kernel"
)

// pixels are the bytes of a batch of images, both ways, for products with all
// of them.
type pixels struct {
	rows    [][]byte // by sample
	columns [][]byte // by position; only learning needs them
	scale   float32
}

// denseFrom is the share of pixels that are not black from which the product
// with all pixels is faster than that with lists.
const denseFrom = 0.45

// mostlyBlack tells whether less than a share of the pixels are not black, by
// every so many of the images.
func mostlyBlack(images [][]byte, share float64) bool {
	const every = 8
	black, all := 0, 0
	for i := 0; i < len(images); i += every {
		black += bytes.Count(images[i], []byte{0})
		all += len(images[i])
	}
	return float64(all-black) < share*float64(all)
}

// turn sets the columns, which the lister keeps.
func (p *pixels) turn(l *lister) {
	stride := l.turnImages(p.rows)
	p.columns = grow(p.columns, len(p.rows[0]))
	for i := range p.columns {
		p.columns[i] = l.columns[i*stride:][:len(p.rows)]
	}
}

// A block of a dense product: what the fastest cache holds beside a tile's rows
// of weights or slopes. The rows are a multiple of what the kernels take at
// once.
const (
	blockRowsDense = 48
	blockDepth     = 64
)

// addBytes adds scale·x·m to dst, where x has the rows of bytes x, and m rows
// of width floats.
func addBytes(dst, m []float32, width int, x [][]byte, scale float32) {
	var block [blockRowsDense * blockDepth]float32
	for len(m) > 0 {
		depth := min(blockDepth, len(m)/width)
		first := len(x[0]) - len(m)/width
		for i := 0; i < len(x); i += blockRowsDense {
			rows := x[i:min(i+blockRowsDense, len(x))]
			kernel.ScaleBytes(block[:], blockDepth, rows, first, depth, scale)
			kernel.AddDense(dst[i*width:(i+len(rows))*width], m[:depth*width], width, block[:], blockDepth, len(rows), depth)
		}
		m = m[depth*width:]
	}
}
