package trainer

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/goal-search/goal-search/pid"
)

// A product is computed in tiles of dst, each by one thread and in the same
// order of summation whatever the number of threads. The tiles are small
// enough that gonum does not start goroutines of its own.
const (
	tileRows    = 64
	tileColumns = 192
	tileDepth   = 256
)

// matrix is a row-major matrix, taken transposed if so marked.
type matrix[T pid.Float] struct {
	data       []T
	stride     int
	transposed bool
}

// from returns the part of the matrix that starts at a row and column of the
// operand, that is after transposition.
func (m matrix[T]) from(row, column int) matrix[T] {
	if m.transposed {
		row, column = column, row
	}
	m.data = m.data[row*m.stride+column:]
	return m
}

// multiply adds a·b to dst, a rows × columns matrix; depth is what a has
// columns and b has rows.
func multiply[T pid.Float](dst matrix[T], a, b matrix[T], rows, columns, depth, threads int) {
	across := (columns + tileColumns - 1) / tileColumns
	down := (rows + tileRows - 1) / tileRows
	parallel(threads, across*down, func(_, tile int) {
		i, j := tile/across*tileRows, tile%across*tileColumns
		for k := 0; k < depth; k += tileDepth {
			multiplyTile(dst.from(i, j), a.from(i, k), b.from(k, j),
				min(tileRows, rows-i), min(tileColumns, columns-j), min(tileDepth, depth-k))
		}
	})
}

func multiplyTile[T pid.Float](dst, a, b matrix[T], rows, columns, depth int) {
	var engine gonum.Implementation
	switch c := any(dst.data).(type) {
	case []float32:
		engine.Sgemm(transpose(a), transpose(b), rows, columns, depth,
			1, any(a.data).([]float32), a.stride, any(b.data).([]float32), b.stride, 1, c, dst.stride)
	case []float64:
		engine.Dgemm(transpose(a), transpose(b), rows, columns, depth,
			1, any(a.data).([]float64), a.stride, any(b.data).([]float64), b.stride, 1, c, dst.stride)
	}
}

func transpose[T pid.Float](m matrix[T]) blas.Transpose {
	if m.transposed {
		return blas.Trans
	}
	return blas.NoTrans
}
