package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// Lists of pixels can be cut into segments, since each entry of a list reads a
// row of weights or slopes: within a segment these are so few that they stay in
// the first cache. The lists are those of the first segment's rows, then of the
// second's and so on; columns count from the start of the segment. This makes
// products a quarter faster, but listing slower, so it pays from two tiles on.
const (
	inputsPerSegment  = 112
	samplesPerSegment = 128
)

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
