package dataset

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// small returns a manifest with n images in each file, so that tests need not
// write whole data sets.
func small(m Manifest, n int) Manifest {
	m.TrainImages, m.TestImages = n, n
	if m.Name == "cifar10" {
		m.TrainImages = 5 * n
	}
	for i := range m.Files {
		f := &m.Files[i]
		f.Bytes -= int64((f.images - n) * bytesPerImage(m, *f))
		f.images = n
	}
	return m
}

func bytesPerImage(m Manifest, f File) int {
	switch {
	case m.Name == "cifar10":
		return 1 + m.perImage()
	case f.Bytes > 1<<20:
		return m.perImage()
	}
	return 1
}

// idx returns an IDX file of bytes: its magic number, dimensions and data.
func idx(data []byte, shape ...int64) []byte {
	file := []byte{0, 0, 8, byte(len(shape))}
	for _, length := range shape {
		file = binary.BigEndian.AppendUint32(file, uint32(length))
	}
	return append(file, data...)
}

// ramp returns n bytes that differ.
func ramp(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

// digitsOf returns n labels, 0 to 9 over and over.
func digitsOf(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i % Classes)
	}
	return b
}

// content returns a valid file of the manifest.
func content(m Manifest, f File) []byte {
	switch {
	case m.Name == "cifar10":
		var file []byte
		for i := range f.images {
			file = append(append(file, byte(i%Classes)), ramp(m.perImage())...)
		}
		return file
	case f.Bytes == int64(8+f.images):
		return idx(digitsOf(f.images), int64(f.images))
	}
	return idx(ramp(f.images*m.perImage()), int64(f.images), int64(m.Height), int64(m.Width))
}

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeAll writes every file of the manifest to dir.
func writeAll(t testing.TB, m Manifest, dir string) {
	t.Helper()
	for _, f := range m.Files {
		writeFile(t, filepath.Join(dir, f.Name), content(m, f))
	}
}

func sha256Of(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func md5Of(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}
