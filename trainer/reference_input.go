package trainer

import "github.com/goal-search/goal-search/pid"

// referenceInput is what one source of a layer receives over a batch: a vector for
// each sample. It knows how to pass through a linear map, and back.
type referenceInput[T pid.Float] interface {
	// project adds W·x to field, [out][batch], with W as [out][in].
	project(field, weight []T, out, threads int)
	// accumulate adds the gradient Σ_b slope_b x_bᵀ to gradient, [out][in];
	// slope is [out][batch].
	accumulate(gradient, slope []T, out, threads int)
}

// referenceSilence is the input of all zeros: a lateral source before the first
// output, and a withheld label.
type referenceSilence[T pid.Float] struct{}

func (referenceSilence[T]) project([]T, []T, int, int)    {}
func (referenceSilence[T]) accumulate([]T, []T, int, int) {}

// dense is an input of arbitrary vectors, kept in both layouts because both
// products are fastest over contiguous rows.
type dense[T pid.Float] struct {
	in, batch int
	rows      []T // [batch][in]
	columns   []T // [in][batch]
}

// resize prepares for a batch, keeping nothing.
func (d *dense[T]) resize(in, batch int) {
	d.in, d.batch = in, batch
	d.rows = grow(d.rows, in*batch)
	d.columns = grow(d.columns, in*batch)
}

// fillColumns sets columns from rows. Only accumulate reads columns.
func (d *dense[T]) fillColumns(threads int) {
	transposeInto(d.columns, d.rows, d.batch, d.in, threads)
}

func (d *dense[T]) project(field, weight []T, out, threads int) {
	multiply(matrix[T]{data: field, stride: d.batch},
		matrix[T]{data: weight, stride: d.in},
		matrix[T]{data: d.rows, stride: d.in, transposed: true},
		out, d.batch, d.in, threads)
}

func (d *dense[T]) accumulate(gradient, slope []T, out, threads int) {
	multiply(matrix[T]{data: gradient, stride: d.in},
		matrix[T]{data: slope, stride: d.batch},
		matrix[T]{data: d.columns, stride: d.batch, transposed: true},
		out, d.in, d.batch, threads)
}

// referenceOneHot is an input of one-hot vectors: labels.
type referenceOneHot[T pid.Float] struct {
	classes int
	labels  []byte // by sample, below classes
}

func (o referenceOneHot[T]) project(field, weight []T, out, threads int) {
	batch := len(o.labels)
	parallel(threads, out, func(_, n int) {
		row, w := field[n*batch:][:batch], weight[n*o.classes:][:o.classes]
		for b, label := range o.labels {
			row[b] += w[label]
		}
	})
}

func (o referenceOneHot[T]) accumulate(gradient, slope []T, out, threads int) {
	batch := len(o.labels)
	parallel(threads, out, func(_, n int) {
		row, g := slope[n*batch:][:batch], gradient[n*o.classes:][:o.classes]
		for b, label := range o.labels {
			g[label] += row[b]
		}
	})
}

// transposeInto sets dst, [columns][rows], to the transpose of src,
// [rows][columns], block by block so that both stay in the cache.
func transposeInto[T pid.Float](dst, src []T, rows, columns, threads int) {
	const block = 32
	parallel(threads, (rows+block-1)/block, func(_, stripe int) {
		first, last := stripe*block, min((stripe+1)*block, rows)
		for c := 0; c < columns; c += block {
			for j := c; j < min(c+block, columns); j++ {
				for i := first; i < last; i++ {
					dst[j*rows+i] = src[i*columns+j]
				}
			}
		}
	})
}

// grow returns a slice of n elements, in place if there is room. Its content
// is left to the caller.
func grow[E any](s []E, n int) []E {
	if cap(s) < n {
		return make([]E, n)
	}
	return s[:n]
}
