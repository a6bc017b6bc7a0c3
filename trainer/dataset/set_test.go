package dataset

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct {
		o    Options
		is   error
		want string
	}{
		{Options{Name: "imagenet"}, ErrUnknown, `unknown data set "imagenet": want one of digits, mnist, fashion-mnist, cifar10`},
		{Options{Name: "digits", Images: -1}, nil, "open digits: -1 images wanted: it has 1 to 60000 to train on (0 means all)"},
		{Options{Images: 60001}, nil, "open digits: 60001 images wanted"},
		{Options{Name: "cifar10", Images: 50001}, nil, "it has 1 to 50000"},
	} {
		if _, err := Open(tc.o); err == nil || tc.is != nil && !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v\nwant %q", tc.o, err, tc.want)
		}
	}
}

func TestASetOfFiles(t *testing.T) {
	m := small(mnist(), 12)
	plain, packed := t.TempDir(), t.TempDir()
	writeAll(t, m, plain)
	for _, f := range m.Files {
		writeFile(t, filepath.Join(packed, f.Name+".gz"), gzipped(t, content(m, f)))
	}
	hashes := map[string]string{}
	for name, o := range map[string]Options{
		"plain":  {Dir: plain, Images: 12},
		"packed": {Dir: packed, Images: 12},
		"fewer":  {Dir: plain, Images: 11},
	} {
		set, err := openFiles(m, o)
		if err != nil {
			t.Fatal(err)
		}
		if n := set.Train.Len(); n != o.Images || len(set.Train.Pixels) != n*784 {
			t.Errorf("%s: %d images, want %d", name, n, o.Images)
		}
		test, err := set.Test()
		if err != nil || test.Len() != 12 {
			t.Errorf("%s: test part: %v, %v; want 12 images", name, test, err)
		}
		hashes[name] = set.Hash
	}
	if hashes["plain"] != hashes["packed"] {
		t.Errorf("the hash depends on compression: %v", hashes)
	}
	if hashes["plain"] == hashes["fewer"] {
		t.Errorf("the hash does not depend on the images used: %v", hashes)
	}
}

func TestHashCoversEverything(t *testing.T) {
	base := &Images{Channels: 1, Height: 2, Width: 3, Pixels: ramp(12), Labels: []byte{1, 2}}
	// Fixed, for it is recorded with every study.
	if got, want := hash(base), "sha256:7a7c63c6dc23087ef22caefd1d74e137f5db47d52a89a719c1dfcac642ee3615"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	seen := map[string]string{hash(base): "base"}
	for name, im := range map[string]*Images{
		"shape":    {Channels: 1, Height: 3, Width: 2, Pixels: ramp(12), Labels: []byte{1, 2}},
		"channels": {Channels: 2, Height: 1, Width: 3, Pixels: ramp(12), Labels: []byte{1, 2}},
		"pixels":   {Channels: 1, Height: 2, Width: 3, Pixels: append(ramp(11), 1), Labels: []byte{1, 2}},
		"labels":   {Channels: 1, Height: 2, Width: 3, Pixels: ramp(12), Labels: []byte{2, 1}},
	} {
		if other, ok := seen[hash(im)]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		seen[hash(im)] = name
	}
}

func TestNormalization(t *testing.T) {
	for _, tc := range []struct {
		name      string
		pixels    []byte
		mean, std float64
	}{
		{"two", []byte{0, 255}, 127.5, math.Sqrt(2 * 127.5 * 127.5)},
		{"three", []byte{1, 2, 6}, 3, math.Sqrt(7)},
	} {
		got, err := measure(&Images{Pixels: tc.pixels})
		if err != nil || math.Abs(got.Mean-tc.mean) > 1e-12 || math.Abs(got.Std-tc.std) > 1e-12 {
			t.Errorf("%s: %+v, %v; want %g, %g", tc.name, got, err, tc.mean, tc.std)
		}
	}
	for _, pixels := range [][]byte{nil, {7}, {7, 7, 7}} {
		if got, err := measure(&Images{Pixels: pixels}); err == nil {
			t.Errorf("%v: %+v, want an error", pixels, got)
		}
	}
}

func TestNormalizationOfFullSize(t *testing.T) {
	// As many pixels as CIFAR-10 has: the squares of sums pass 64 bits.
	pixels := make([]byte, 3*32*32*50000)
	for i := range pixels {
		if i%2 == 0 {
			pixels[i] = 255
		}
	}
	n := float64(len(pixels))
	want := 127.5 * math.Sqrt(n/(n-1))
	if got, err := measure(&Images{Pixels: pixels}); err != nil || got.Mean != 127.5 || math.Abs(got.Std-want) > 1e-12*want {
		t.Errorf("%+v, %v; want 127.5, %g", got, err, want)
	}
}

func TestManifests(t *testing.T) {
	for _, name := range Names() {
		m, err := ManifestOf(name)
		if err != nil || m.Name != name || m.Channels*m.Height*m.Width == 0 || m.TrainImages == 0 || m.TestImages == 0 {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
		held := map[string]bool{}
		for _, d := range m.Downloads {
			if len(d.URLs) == 0 || len(d.MD5) != 32 || !d.Archive && len(d.Holds) != 1 {
				t.Errorf("%s: download %+v", name, d)
			}
			for _, file := range d.Holds {
				held[file] = true
			}
		}
		for _, f := range m.Files {
			if !held[f.Name] || f.Bytes == 0 || f.SHA256 != "" && len(f.SHA256) != 64 {
				t.Errorf("%s: file %+v, in a download: %v", name, f, held[f.Name])
			}
		}
	}
}
