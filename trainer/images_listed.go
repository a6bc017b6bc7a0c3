package trainer

import (
	"github.com/goal-search/goal-search/internal/kernel"
	"github.com/goal-search/goal-search/trainer/dataset"
)

// listedImages are a batch of images as lists of the pixels that are not black,
// side by side in memory. Products go segment by segment, so that few of the
// rows which they read or write leave the first caches.
type listedImages struct {
	batch, segments int
	starts          []uint32 // [segments+1][batch]: where the segments of each image begin, and end
	entry           []uint16
	factor          [256]float32  // by the value of a pixel
	turned          []turnedLists // by thread
	touched         uint16        // keeps the reads of touch
}

// turnedLists are the lists of a segment by pixel, for some samples.
type turnedLists struct {
	end   []uint32 // [pixels]
	entry []uint16 // [pixels][roomPerTurn]
}

// samplesPerTurn is how many samples a list by pixel is for. Its room is larger,
// so that the lists spread over the sets of the cache.
const (
	samplesPerTurn = 64
	roomPerTurn    = samplesPerTurn + 8
)

// turnedStarts is where lists by pixel begin.
var turnedStarts = func() (starts [dataset.SegmentPixels]uint32) {
	for i := range starts {
		starts[i] = uint32(i * roomPerTurn)
	}
	return starts
}()

func newListedImages(scale float32, threads int) listedImages {
	l := listedImages{turned: make([]turnedLists, threads)}
	for v := range l.factor {
		l.factor[v] = scale * float32(v)
	}
	for i := range l.turned {
		l.turned[i] = turnedLists{make([]uint32, dataset.SegmentPixels), make([]uint16, dataset.SegmentPixels*roomPerTurn)}
	}
	return l
}

// imagesAhead is how many images come from memory together.
const imagesAhead = 16

func (l *listedImages) load(from *dataset.Images, chosen []int32) {
	lists := from.Lists()
	l.batch, l.segments, l.entry = len(chosen), lists.Segments, l.entry[:0]
	l.starts = grow(l.starts, (l.segments+1)*l.batch)
	for b := 0; b < len(chosen); b += imagesAhead {
		group := chosen[b:min(b+imagesAhead, len(chosen))]
		l.touch(lists, group)
		for i, image := range group {
			l.copyImage(b+i, lists, int(image))
		}
	}
}

// touch reads an entry of each cache line of some images' lists, which lie
// anywhere in memory: so they wait for memory together, not one by one.
func (l *listedImages) touch(lists *dataset.Lists, chosen []int32) {
	const line = 32
	for _, image := range chosen {
		l.touched += uint16(lists.Of(int(image))[0])
	}
	for _, image := range chosen {
		starts := lists.Of(int(image))
		for k := starts[0]; k < starts[l.segments]; k += line {
			l.touched += lists.Entry[k]
		}
	}
}

// copyImage makes an image sample b.
func (l *listedImages) copyImage(b int, lists *dataset.Lists, image int) {
	starts := lists.Of(image)
	moved := uint32(len(l.entry)) - starts[0]
	for s, start := range starts {
		l.starts[s*l.batch+b] = start + moved
	}
	l.entry = append(l.entry, lists.Entry[starts[0]:starts[l.segments]]...)
}

// of returns where the lists of a segment begin, by sample.
func (l *listedImages) of(segment int) []uint32 { return l.starts[segment*l.batch:][:l.batch] }

func (l *listedImages) present(dst, weights []float32, width, used, first, last int) {
	const size = dataset.SegmentPixels
	for segment := range l.segments {
		begin, end := l.of(segment)[first:last], l.of(segment + 1)[first:last]
		kernel.AddPacked(dst, weights[segment*size*width:], width, used, begin, end, l.entry, &l.factor)
	}
}

func (l *listedImages) pixelsPerTask() int { return dataset.SegmentPixels }

// backward takes the pixels of one segment: for some samples at a time it turns
// their lists into lists by pixel, and adds.
func (l *listedImages) backward(thread int, g imageGradients) {
	segment, pixels, width := g.first/dataset.SegmentPixels, g.last-g.first, g.tiling.width
	begin, end, turned := l.of(segment), l.of(segment+1), l.turned[thread]
	for b := 0; b < l.batch; b += samplesPerTurn {
		beyond := min(b+samplesPerTurn, l.batch)
		copy(turned.end, turnedStarts[:])
		kernel.TurnPacked(turned.entry, turned.end, begin[b:beyond], end[b:beyond], l.entry)
		for tile := g.fromTile; tile < g.toTile; tile++ {
			gradient, slope := g.tile(tile)
			kernel.AddPacked(gradient, slope[b*width:], width, g.tiling.used(tile), turnedStarts[:pixels], turned.end[:pixels], turned.entry, &l.factor)
		}
	}
}
