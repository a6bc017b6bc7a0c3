package dataset

import (
	"fmt"
	"io"
	"slices"
)

// cifarFolder is the folder in which the archive of CIFAR-10 keeps its files.
const cifarFolder = "cifar-10-batches-bin"

// cifar10 returns the manifest of the binary version of CIFAR-10 (Krizhevsky
// 2009).
func cifar10() Manifest {
	const perFile = 10000
	m := Manifest{Name: "cifar10", Channels: 3, Height: 32, Width: 32, TrainImages: 5 * perFile, TestImages: perFile}
	archive := Download{
		Name:    "cifar-10-binary.tar.gz",
		URLs:    []string{"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"},
		MD5:     "c32a1d4ab5d03f1284b67883e8d87530",
		Archive: true,
	}
	add := func(name string, part Part) {
		m.Files = append(m.Files, File{Name: name, Part: part, Bytes: int64(perFile * (1 + m.perImage())), images: perFile, decode: decodeCIFAR})
		archive.Holds = append(archive.Holds, name)
	}
	for batch := 1; batch <= 5; batch++ {
		add(fmt.Sprintf("data_batch_%d.bin", batch), Train)
	}
	add("test_batch.bin", Test)
	m.Downloads = []Download{archive}
	return m
}

// decodeCIFAR reads n records of a label and an image, channel first: 3073
// bytes each at CIFAR-10's shape. The format has no header.
func decodeCIFAR(r io.Reader, dst *Images, n int) error {
	dst.Pixels = slices.Grow(dst.Pixels, n*dst.Size())
	record := make([]byte, 1+dst.Size())
	for i := range n {
		if got, err := io.ReadFull(r, record); err != nil {
			return truncated(err, fmt.Sprintf("in record %d", i), i*len(record)+got, n*len(record))
		}
		if record[0] >= Classes {
			return fmt.Errorf("the label of record %d is %d: want 0 to %d", i, record[0], Classes-1)
		}
		dst.Labels = append(dst.Labels, record[0])
		dst.Pixels = append(dst.Pixels, record[1:]...)
	}
	return nil
}
