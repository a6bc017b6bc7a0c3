package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// decoder appends the n images of a file, or their labels, to dst, whose shape
// is what the file must have. It reads no further than they reach, and its
// memory is bounded by what n and the shape ask for, whatever the file says.
type decoder func(r io.Reader, dst *Images, n int) error

// decodeIDXImages reads an IDX file of [n][height][width] bytes.
func decodeIDXImages(r io.Reader, dst *Images, n int) error {
	pixels, err := decodeIDX(r, []int{n, dst.Height, dst.Width})
	dst.Pixels = append(dst.Pixels, pixels...)
	return err
}

// decodeIDXLabels reads an IDX file of [n] labels.
func decodeIDXLabels(r io.Reader, dst *Images, n int) error {
	labels, err := decodeIDX(r, []int{n})
	if err != nil {
		return err
	}
	for i, label := range labels {
		if label >= Classes {
			return fmt.Errorf("label %d is %d: want 0 to %d", i, label, Classes-1)
		}
	}
	dst.Labels = append(dst.Labels, labels...)
	return nil
}

// decodeIDX reads the header of an IDX file of unsigned bytes, which must have
// the shape wanted, and the bytes after it. The header is 0, 0, 8 (the type,
// unsigned byte), the number of dimensions and then each of them in 4 bytes,
// big end first.
func decodeIDX(r io.Reader, want []int) ([]byte, error) {
	header := make([]byte, 4+4*len(want))
	if n, err := io.ReadFull(r, header[:4]); err != nil {
		return nil, truncated(err, "in its header", n, len(header))
	}
	if magic := []byte{0, 0, 8, byte(len(want))}; !slices.Equal(header[:4], magic) {
		return nil, fmt.Errorf("it begins with the bytes % x: want % x, an IDX file of bytes in %d dimensions", header[:4], magic, len(want))
	}
	if n, err := io.ReadFull(r, header[4:]); err != nil {
		return nil, truncated(err, "in its header", 4+n, len(header))
	}
	shape := make([]int64, len(want))
	size := 1
	for i, length := range want {
		shape[i] = int64(binary.BigEndian.Uint32(header[4+4*i:]))
		size *= length
	}
	if !slices.EqualFunc(shape, want, func(a int64, b int) bool { return a == int64(b) }) {
		return nil, fmt.Errorf("it holds an array of %v: want %v", shape, want)
	}
	data := make([]byte, size)
	if n, err := io.ReadFull(r, data); err != nil {
		return nil, truncated(err, "in its data", len(header)+n, len(header)+size)
	}
	return data, nil
}

// truncated says where a file ends too early; other errors, such as a broken
// gzip stream, it passes on.
func truncated(err error, where string, got, want int) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it ends %s, after %d of %d bytes", where, got, want)
	}
	return fmt.Errorf("after %d bytes: %w", got, err)
}
