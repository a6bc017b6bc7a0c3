package dataset

import (
	"bytes"
	"math"
	"testing"
)

// pixelsOf draws the lists again.
func pixelsOf(l *Lists, images, size int) []byte {
	pixels := make([]byte, images*size)
	for i := range images {
		starts := l.Of(i)
		for s := range l.Segments {
			for _, e := range l.Entry[starts[s]:starts[s+1]] {
				pixels[i*size+s*SegmentPixels+int(e>>8)] = byte(e)
			}
		}
	}
	return pixels
}

func TestListsHoldAllPixels(t *testing.T) {
	for _, size := range []int{1, SegmentPixels - 1, SegmentPixels, SegmentPixels + 1, 3 * SegmentPixels} {
		im := &Images{Channels: 1, Height: 1, Width: size, Pixels: ramp(5 * size), Labels: make([]byte, 5)}
		im.Pixels[size/2] = 0
		l := im.Lists()
		if got := pixelsOf(l, 5, size); !bytes.Equal(got, im.Pixels) {
			t.Errorf("%d pixels: got %v, want %v", size, got, im.Pixels)
		}
		if black := bytes.Count(im.Pixels, []byte{0}); len(l.Entry) != len(im.Pixels)-black {
			t.Errorf("%d pixels: %d entries for %d of which %d are black", size, len(l.Entry), len(im.Pixels), black)
		}
		if im.Lists() != l {
			t.Error("the lists were made twice")
		}
	}
}

func TestInked(t *testing.T) {
	for want, pixels := range map[float64][]byte{0: {0, 0}, .25: {0, 9, 0, 0}, 1: {1, 255}} {
		if got := (&Images{Pixels: pixels}).Inked(); math.Abs(got-want) > 1e-15 {
			t.Errorf("%v: got %g, want %g", pixels, got, want)
		}
	}
}

func FuzzLists(f *testing.F) {
	f.Add([]byte("\x00\x01\xff\x00\x00\x07"), 3)
	f.Add(bytes.Repeat([]byte{0, 5}, 400), 200)
	f.Fuzz(func(t *testing.T, pixels []byte, size int) {
		if size < 1 || size > len(pixels) {
			return
		}
		images := len(pixels) / size
		pixels = pixels[:images*size]
		if got := pixelsOf(newLists(pixels, size), images, size); !bytes.Equal(got, pixels) {
			t.Errorf("got %v, want %v", got, pixels)
		}
	})
}
