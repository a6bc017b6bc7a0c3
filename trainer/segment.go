package trainer

import (
	"cmp"

	"github.com/goal-search/goal-search/internal/kernel"
)

// Lists of pixels can be cut into segments, since each entry of a list reads a
// row of weights or slopes: within a segment these are so few that they stay in
// the first cache. The lists are those of the first segment's rows, then of the
// second's and so on; columns count from the start of the segment. This makes
// products a quarter faster, but listing slower, so it pays from two tiles on.
const (
	inputsPerSegment  = 112
	samplesPerSegment = 128
)

// images lists the pixels that are not black, in segments if segmented.
func (l *lister) images(images [][]byte, scale float32, segmented, learn bool) input {
	in := input{bySample: &l.bySample, byInput: &l.byInput}
	if segmented {
		in.inputsPerSegment, in.samplesPerSegment = inputsPerSegment, samplesPerSegment
	}
	pixels := len(images[0])
	segment := cmp.Or(in.inputsPerSegment, pixels)
	l.bySample.Reset()
	for first := 0; first < pixels; first += segment {
		last := min(first+segment, pixels)
		for _, image := range images {
			l.bySample.AppendScaled(image[first:last], scale)
		}
	}
	if learn {
		l.imagesByPixel(images, scale, cmp.Or(in.samplesPerSegment, len(images)))
	}
	return in
}

// imagesByPixel lists the images in which each pixel is not black.
func (l *lister) imagesByPixel(images [][]byte, scale float32, segment int) {
	stride, pixels := l.turnImages(images), len(images[0])
	l.byInput.Reset()
	for first := 0; first < len(images); first += segment {
		last := min(first+segment, len(images))
		for p := range pixels {
			l.byInput.AppendScaled(l.columns[p*stride:][first:last], scale)
		}
	}
}

// turnImages sets columns to the images by pixel. An odd number of cache lines
// from one pixel to the next spreads the pixels over the sets of the cache.
func (l *lister) turnImages(images [][]byte) (stride int) {
	const line = 64
	stride = (tasks(len(images), line) | 1) * line
	l.columns = grow(l.columns, len(images[0])*stride)
	kernel.TransposeBytes(l.columns, stride, images)
	return stride
}

// addLists adds to the rows of dst, from first to before last of the lists,
// what each lists of the rows of m. Segments of the lists are for rows of m
// each; 0 means that there is but one.
func addLists(dst, m []float32, width int, l *kernel.Lists, rows, first, last, segment int) {
	for {
		kernel.AddLists(dst, m, width, l.Start[first:last], l.Start[first+1:last+1], l.Index, l.Value)
		first, last = first+rows, last+rows
		if segment == 0 || first >= l.Rows() {
			return
		}
		m = m[segment*width:]
	}
}
