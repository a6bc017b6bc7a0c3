package dataset

// SegmentPixels is how many pixels a segment of Lists has: so few that in
// training the weights of a segment's pixels stay in the processor's first
// cache.
const SegmentPixels = 112

// Lists are images as lists of their pixels that are not black (0), in a third
// of the memory where most are. The pixels of each image are cut into segments
// of SegmentPixels, of which the last may have fewer.
type Lists struct {
	Segments int      // of an image
	Start    []uint32 // [n·Segments+1]: segment s of image i begins at Start[i·Segments+s]
	Entry    []uint16 // the pixel's place in its segment << 8 | its value
}

// Of returns where the segments of image i begin, and where the last one ends.
func (l *Lists) Of(i int) []uint32 { return l.Start[i*l.Segments:][:l.Segments+1] }

// Lists returns the images as lists, which it makes at the first call. They
// are shared and must not be changed.
func (im *Images) Lists() *Lists {
	im.makeLists.Do(func() { im.lists = newLists(im.Pixels, im.Size()) })
	return im.lists
}

func newLists(pixels []byte, size int) *Lists {
	l := &Lists{Segments: (size + SegmentPixels - 1) / SegmentPixels}
	count := 0
	for _, v := range pixels {
		if v != 0 {
			count++
		}
	}
	l.Start = append(make([]uint32, 0, len(pixels)/size*l.Segments+1), 0)
	l.Entry = make([]uint16, 0, count)
	for ; len(pixels) > 0; pixels = pixels[size:] {
		for first := 0; first < size; first += SegmentPixels {
			for place, v := range pixels[first:min(first+SegmentPixels, size)] {
				if v != 0 {
					l.Entry = append(l.Entry, uint16(place)<<8|uint16(v))
				}
			}
			l.Start = append(l.Start, uint32(len(l.Entry)))
		}
	}
	return l
}
