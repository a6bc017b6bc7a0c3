package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

var (
	// ErrUnknown is returned for a name that is not one of Names.
	ErrUnknown = errors.New("unknown data set")
	// ErrMissing is returned when the files of a data set are in none of the
	// folders searched.
	ErrMissing = errors.New("data set not found")
	// ErrInvalid is returned when a file is not what it should be: truncated,
	// corrupt, of another format or of another size.
	ErrInvalid = errors.New("not a valid data file")
)

// Set is a data set, opened: its training part and what identifies it.
type Set struct {
	Name          string
	Train         *Images
	Normalization Normalization // over all of Train, the part that will validate included

	// Hash is "sha256:" and 64 hexadecimal digits, over shape, pixels and
	// labels of Train: what trials are trained on. It does not depend on the
	// test part, nor on how files are compressed.
	Hash string

	test func() (*Images, error)
}

// Test opens the test part, anew on every call. A search never calls it. The
// errors are those of Open.
func (s *Set) Test() (*Images, error) { return s.test() }

// Options says which data set to open.
type Options struct {
	Name string // one of Names; empty means digits

	// Dir is the folder that holds the files, or that holds a folder of the
	// data set's name with them. When given, no other place is searched;
	// empty means $GOAL_SEARCH_DATA, then DefaultDir. The digits need none.
	Dir string

	Images int // use only the first so many training images; 0 means all
}

// names lists the data sets in the order in which people should see them.
var names = []string{"digits", "mnist", "fashion-mnist", "cifar10"}

// Names returns the names of the data sets that Open knows.
func Names() []string { return append([]string(nil), names...) }

// Open opens a data set. It returns ErrUnknown for a name that is not one of
// Names, ErrMissing when its files are not there, and ErrInvalid, with the
// file and the reason, when one of them is not what it should be.
func Open(o Options) (*Set, error) {
	if o.Name == "" {
		o.Name = names[0]
	}
	m, err := ManifestOf(o.Name)
	if err != nil {
		return nil, err
	}
	if o.Images < 0 || o.Images > m.TrainImages {
		return nil, fmt.Errorf("open %s: %d images wanted: it has 1 to %d to train on (0 means all)", o.Name, o.Images, m.TrainImages)
	}
	if o.Images == 0 {
		o.Images = m.TrainImages
	}
	if len(m.Files) == 0 {
		return openDigits(m, o)
	}
	return openFiles(m, o)
}

// openDigits renders the digits.
func openDigits(m Manifest, o Options) (*Set, error) {
	train, err := renderDigits(digitsTrainStream, o.Images)
	if err != nil {
		return nil, err
	}
	return newSet(m.Name, train, func() (*Images, error) {
		return renderDigits(digitsTestStream, m.TestImages)
	})
}

// openFiles opens a data set that lies in files.
func openFiles(m Manifest, o Options) (*Set, error) {
	dir, err := locate(m, o.Dir)
	if err != nil {
		return nil, err
	}
	train, err := m.load(dir, Train)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", m.Name, err)
	}
	return newSet(m.Name, train.first(o.Images), func() (*Images, error) {
		test, err := m.load(dir, Test)
		if err != nil {
			return nil, fmt.Errorf("open the test part of %s: %w", m.Name, err)
		}
		return test, nil
	})
}

func newSet(name string, train *Images, test func() (*Images, error)) (*Set, error) {
	normalization, err := measure(train)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return &Set{Name: name, Train: train, Normalization: normalization, Hash: hash(train), test: test}, nil
}

// hash identifies images by shape and content.
func hash(im *Images) string {
	h := sha256.New()
	h.Write([]byte("goal-search images 1\n"))
	for _, size := range []int{im.Len(), im.Channels, im.Height, im.Width} {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(size))
		h.Write(b[:])
	}
	h.Write(im.Pixels)
	h.Write(im.Labels)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
