package dataset

import (
	"bytes"
	"sync"
)

// Classes is the number of classes of every data set here.
const Classes = 10

// Images is one part of a data set, kept as the bytes of its files.
type Images struct {
	Channels, Height, Width int

	Pixels []byte // [n][channels][height][width], 0 to 255
	Labels []byte // [n], 0 to Classes-1

	countBlack sync.Once
	inked      float64
	makeLists  sync.Once
	lists      *Lists
}

// Len returns n, the number of images.
func (im *Images) Len() int { return len(im.Labels) }

// Size returns the number of bytes, and so of pixels, of one image.
func (im *Images) Size() int { return im.Channels * im.Height * im.Width }

// Image returns the pixels of image i, [channels][height][width]. It shares
// them with im and panics, as slicing does, when i is out of range.
func (im *Images) Image(i int) []byte {
	size := im.Size()
	return im.Pixels[i*size : (i+1)*size : (i+1)*size]
}

// Inked returns the share of pixels that are not black (0), from 0 to 1.
func (im *Images) Inked() float64 {
	im.countBlack.Do(func() {
		black := bytes.Count(im.Pixels, []byte{0})
		im.inked = float64(len(im.Pixels)-black) / float64(max(len(im.Pixels), 1))
	})
	return im.inked
}

// first returns the first n images, sharing their bytes.
func (im *Images) first(n int) *Images {
	return &Images{
		Channels: im.Channels, Height: im.Height, Width: im.Width,
		Pixels: im.Pixels[: n*im.Size() : n*im.Size()],
		Labels: im.Labels[:n:n],
	}
}
