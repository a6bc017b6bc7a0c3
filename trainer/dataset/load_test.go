package dataset

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesOfAllSetsAreRead(t *testing.T) {
	for _, m := range []Manifest{mnist(), fashionMNIST(), cifar10()} {
		t.Run(m.Name, func(t *testing.T) {
			m := small(m, 20)
			dir := t.TempDir()
			writeAll(t, m, dir)
			for part, want := range map[Part]int{Train: m.TrainImages, Test: 20} {
				im, err := m.load(dir, part)
				if err != nil {
					t.Fatal(err)
				}
				if im.Len() != want || len(im.Pixels) != want*m.perImage() {
					t.Errorf("%s: %d labels and %d pixels, want %d and %d", part, im.Len(), len(im.Pixels), want, want*m.perImage())
				}
				if got := im.Labels[13]; got != 3 {
					t.Errorf("%s: label 13 is %d, want 3", part, got)
				}
				if got := im.Image(1)[5]; m.Name == "cifar10" && got != 35 {
					t.Errorf("%s: pixel 5 of image 1 is %d, want 35", part, got)
				}
			}
		})
	}
}

func TestSizesOfTheRealFiles(t *testing.T) {
	want := map[string]int64{ // reference/datasets.md; 10000 records of 3073 bytes
		"train-images-idx3-ubyte": 47040016,
		"train-labels-idx1-ubyte": 60008,
		"t10k-images-idx3-ubyte":  7840016,
		"t10k-labels-idx1-ubyte":  10008,
		"data_batch_1.bin":        30730000,
		"test_batch.bin":          30730000,
	}
	for _, m := range []Manifest{mnist(), fashionMNIST(), cifar10()} {
		for _, f := range m.Files {
			if w, ok := want[f.Name]; ok && f.Bytes != w {
				t.Errorf("%s: %s has %d bytes, want %d", m.Name, f.Name, f.Bytes, w)
			}
		}
	}
}

func TestBrokenFilesAreNamedAndRefused(t *testing.T) {
	m, c := small(mnist(), 12), small(cifar10(), 12)
	images, labels := content(m, m.Files[0]), content(m, m.Files[1])
	records := content(c, c.Files[0])
	packed := gzipped(t, labels)
	for _, tc := range []struct {
		name    string
		m       Manifest
		file    string
		content []byte
		want    string
	}{
		{"empty", m, "train-images-idx3-ubyte", nil, "it ends in its header, after 0 of 16 bytes"},
		{"half a header", m, "train-images-idx3-ubyte", images[:9], "it ends in its header, after 9 of 16 bytes"},
		{"no IDX file", m, "train-images-idx3-ubyte", []byte("<html>not found</html>"), "it begins with the bytes 3c 68 74 6d: want 00 00 08 03"},
		{"labels for images", m, "train-images-idx3-ubyte", labels, "it begins with the bytes 00 00 08 01: want 00 00 08 03"},
		{"floats", m, "train-labels-idx1-ubyte", append([]byte{0, 0, 0x0d, 1}, labels[4:]...), "it begins with the bytes 00 00 0d 01: want 00 00 08 01"},
		{"too few images", m, "train-images-idx3-ubyte", idx(ramp(11*784), 11, 28, 28), "it holds an array of [11 28 28]: want [12 28 28]"},
		{"another side", m, "train-images-idx3-ubyte", idx(ramp(12*14*56), 12, 14, 56), "it holds an array of [12 14 56]: want [12 28 28]"},
		{"more labels than images", m, "train-labels-idx1-ubyte", idx(digitsOf(13), 13), "it holds an array of [13]: want [12]"},
		{"a hostile header", m, "train-images-idx3-ubyte", idx(nil, 1<<32-1, 1<<32-1, 1<<32-1), "[4294967295 4294967295 4294967295]: want [12 28 28]"},
		{"truncated", m, "train-images-idx3-ubyte", images[:5000], "it ends in its data, after 5000 of 9424 bytes"},
		{"trailing byte", m, "train-images-idx3-ubyte", append(bytes.Clone(images), 0), "it goes on after its 9424 bytes"},
		{"a label above 9", m, "train-labels-idx1-ubyte", idx(append(digitsOf(11), 10), 12), "label 11 is 10: want 0 to 9"},
		{"truncated gzip", m, "train-labels-idx1-ubyte.gz", packed[:len(packed)-9], "unexpected EOF"},
		{"gzip without its sum", m, "train-labels-idx1-ubyte.gz", packed[:len(packed)-4], "unexpected EOF"},
		{"gzip with a wrong sum", m, "train-labels-idx1-ubyte.gz", flipped(packed, len(packed)-6), "checksum"},
		{"gzip with garbage behind", m, "train-labels-idx1-ubyte.gz", append(bytes.Clone(packed), "garbage"...), "gzip"},
		{"no gzip inside", m, "train-labels-idx1-ubyte.gz", []byte{0x1f, 0x8b, 'x'}, "EOF"},
		{"truncated records", c, "data_batch_3.bin", records[:4000], "it ends in record 1, after 4000 of 36876 bytes"},
		{"trailing records", c, "data_batch_3.bin", append(bytes.Clone(records), records...), "it goes on after its 36876 bytes"},
		{"a record's label above 9", c, "data_batch_3.bin", flipped(records, 2*3073), "the label of record 2 is 253: want 0 to 9"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			writeAll(t, tc.m, dir)
			if err := os.Remove(filepath.Join(dir, strings.TrimSuffix(tc.file, ".gz"))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, tc.file)
			writeFile(t, path, tc.content)
			_, err := tc.m.load(dir, Train)
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("load: %v\nwant ErrInvalid with %s and %q", err, path, tc.want)
			}
			if _, err := tc.m.Check(tc.file, path); !errors.Is(err, ErrInvalid) {
				t.Errorf("Check: %v, want ErrInvalid", err)
			}
		})
	}
}

// flipped returns b with the bits of a byte turned over.
func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] = ^b[at]
	return b
}

func TestAnUnreadableFileIsNotCalledInvalid(t *testing.T) {
	m := small(mnist(), 3)
	if _, err := m.Check(m.Files[0].Name, filepath.Join(t.TempDir(), "gone")); !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrInvalid) {
		t.Errorf("%v, want os.ErrNotExist and not ErrInvalid", err)
	}
}

func TestCheckKnowsTheOriginal(t *testing.T) {
	m := small(mnist(), 12)
	dir := t.TempDir()
	writeAll(t, m, dir)
	path := filepath.Join(dir, m.Files[1].Name)
	if original, err := m.Check(m.Files[1].Name, path); err != nil || original {
		t.Errorf("other content: original %v, %v; want false, nil", original, err)
	}
	m.Files[1].SHA256 = sha256Of(content(m, m.Files[1]))
	writeFile(t, path+".gz", gzipped(t, content(m, m.Files[1])))
	for _, path := range []string{path, path + ".gz"} {
		if original, err := m.Check(filepath.Base(path), path); err != nil || !original {
			t.Errorf("%s: original %v, %v; want true, nil", path, original, err)
		}
	}

	fashion := small(fashionMNIST(), 12) // known by the MD5 of the download only
	fashion.Downloads[1].MD5 = md5Of(gzipped(t, content(m, m.Files[1])))
	if original, err := fashion.Check(m.Files[1].Name, path+".gz"); err != nil || !original {
		t.Errorf("download: original %v, %v; want true, nil", original, err)
	}
	if original, err := fashion.Check(m.Files[1].Name, path); err != nil || original {
		t.Errorf("unpacked download: original %v, %v; want false, nil", original, err)
	}
}
