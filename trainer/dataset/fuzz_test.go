package dataset

import (
	"bytes"
	"testing"
)

// fuzzFile holds the decoders of a file to: no panic, and either an error or
// exactly as many images, pixels and labels as the file must have.
func fuzzFile(f *testing.F, m Manifest, file File) {
	whole := content(m, file)
	f.Add(whole)
	f.Add(gzipped(f, whole))
	f.Add(whole[:len(whole)-1])
	f.Add(append(bytes.Clone(whole), 0))
	f.Add([]byte{0x1f, 0x8b, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		im := m.shape()
		if _, err := file.readFrom(bytes.NewReader(b), im); err != nil {
			return
		}
		if pixels, labels := len(im.Pixels), len(im.Labels); pixels != 0 && pixels != file.images*im.Size() || labels != 0 && labels != file.images || pixels+labels == 0 {
			t.Errorf("%d pixels and %d labels without an error", pixels, labels)
		}
		for i, label := range im.Labels {
			if label >= Classes {
				t.Errorf("label %d is %d", i, label)
			}
		}
	})
}

func FuzzIDXImages(f *testing.F) { m := small(mnist(), 2); fuzzFile(f, m, m.Files[0]) }
func FuzzIDXLabels(f *testing.F) { m := small(mnist(), 20); fuzzFile(f, m, m.Files[1]) }
func FuzzCIFAR(f *testing.F)     { m := small(cifar10(), 2); fuzzFile(f, m, m.Files[0]) }
