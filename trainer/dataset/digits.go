package dataset

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/image/font/sfnt"
)

// digitsSide is the height and width of a digit's image, in pixels.
const digitsSide = 28

// digitsSeed is the seed of all digits. It is part of what they are.
const digitsSeed = 1

// The arithmetic of the digits gives the same bytes on every machine: it uses
// nothing of package math but exact functions, and converts every product that
// goes into a sum to float64, which keeps compilers from fusing the two.

// renderDigits draws the first n digits of a stream, on all cores. Digit i is
// drawn from random numbers of its own, so it is the same whatever n and the
// number of cores.
func renderDigits(stream Stream, n int) (*Images, error) {
	fields, err := digitFields()
	if err != nil {
		return nil, err
	}
	im := &Images{Channels: 1, Height: digitsSide, Width: digitsSide}
	im.Pixels, im.Labels = make([]byte, n*im.Size()), make([]byte, n)
	forEach(n, func() func(i int) {
		d := drawer{fields: fields}
		return func(i int) { im.Labels[i] = d.draw(im.Image(i), stream, i) }
	})
	return im, nil
}

// digitFields returns the field of every digit in every face, made once.
var digitFields = sync.OnceValues(newFields)

func newFields() (*[Classes][]*field, error) {
	var fields [Classes][]*field
	for i, face := range faces {
		font, err := sfnt.Parse(face)
		if err != nil {
			return nil, fmt.Errorf("digits: read typeface %d: %w", i, err)
		}
		for digit := range fields {
			pieces, err := outline(font, digit)
			if err != nil {
				return nil, fmt.Errorf("digits: draw %d in typeface %d: %w", digit, i, err)
			}
			fields[digit] = append(fields[digit], newField(pieces))
		}
	}
	return &fields, nil
}

// forEach calls the function that each worker makes for itself with 0 to n−1,
// on all cores, and returns when all calls have.
func forEach(n int, worker func() func(i int)) {
	const stride = 256 // taken at a time
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			do := worker()
			for {
				from := int(next.Add(stride)) - stride
				if from >= n {
					return
				}
				for i := from; i < min(from+stride, n); i++ {
					do(i)
				}
			}
		})
	}
	group.Wait()
}
