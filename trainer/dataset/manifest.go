package dataset

import (
	"fmt"
	"strings"
)

// Part is one of the two parts of a data set.
type Part string

// The parts. The validation images are taken from Train (see Split).
const (
	Train Part = "train"
	Test  Part = "test"
)

// Manifest says what a data set consists of and where it can be had.
type Manifest struct {
	Name                    string
	Channels, Height, Width int
	TrainImages, TestImages int

	Files     []File     // that Open reads; none for digits, which are rendered
	Downloads []Download // that Files come from
}

// File is a file as a reader sees it, uncompressed. On disk it may also be
// gzipped, with ".gz" at the end of its name.
type File struct {
	Name   string
	Part   Part
	Bytes  int64  // its exact size
	SHA256 string // of the original's content; empty where it is not known

	images int     // that it describes
	decode decoder // how they are read
}

// Download is a file as the mirrors offer it.
type Download struct {
	Name    string
	URLs    []string // mirrors, the best first
	MD5     string   // of the file as the mirrors have it
	Holds   []string // the Files in it; one, gzipped, unless Archive
	Archive bool     // a gzipped tar file, in which Holds lie in any folder
}

// ManifestOf returns the manifest of a data set, or ErrUnknown.
func ManifestOf(name string) (Manifest, error) {
	switch name {
	case "digits":
		return Manifest{Name: name, Channels: 1, Height: 28, Width: 28, TrainImages: 60000, TestImages: 10000}, nil
	case "mnist":
		return mnist(), nil
	case "fashion-mnist":
		return fashionMNIST(), nil
	case "cifar10":
		return cifar10(), nil
	}
	return Manifest{}, fmt.Errorf("%w %q: want one of %s", ErrUnknown, name, strings.Join(names, ", "))
}

// File returns the file of that name, with or without ".gz".
func (m Manifest) File(name string) (File, bool) {
	for _, f := range m.Files {
		if f.Name == strings.TrimSuffix(name, ".gz") {
			return f, true
		}
	}
	return File{}, false
}

// shape returns empty images of the manifest's shape.
func (m Manifest) shape() *Images {
	return &Images{Channels: m.Channels, Height: m.Height, Width: m.Width}
}

// perImage returns the bytes of one image.
func (m Manifest) perImage() int { return m.shape().Size() }
