package kernel

import "math/bits"

// NonZero lists the pixels that are not 0, in order: index becomes their
// positions and value what table has for them. It returns how many there are.
// index and value have the length of pixels or more; what follows the listed
// ones is undefined up to that length.
func NonZero(index []int32, value []float32, pixels []byte, table *[256]float32) int {
	if len(index) < len(pixels) || len(value) < len(pixels) {
		panic("kernel: NonZero into lists that are too short")
	}
	return nonZero(index, value, pixels, table)
}

// nonZeroGeneric is NonZero in plain Go.
func nonZeroGeneric(index []int32, value []float32, pixels []byte, table *[256]float32) int {
	n := 0
	for i, pixel := range pixels {
		if pixel != 0 {
			index[n], value[n] = int32(i), table[pixel]
			n++
		}
	}
	return n
}

// Fired lists the bits that are set, in order: index becomes their positions,
// counted from first. It returns how many there are. index has room for all bits of fired; what
// follows the listed ones is undefined up to that length.
func Fired(index []int32, fired []uint16, first int32) int {
	if len(index) < len(fired)*16 {
		panic("kernel: Fired into a list that is too short")
	}
	return firedList(index, fired, first)
}

// firedGeneric is Fired in plain Go.
func firedGeneric(index []int32, fired []uint16, first int32) int {
	n := 0
	for i, word := range fired {
		for ; word != 0; word &= word - 1 {
			index[n] = first + int32(i*16+bits.TrailingZeros16(word))
			n++
		}
	}
	return n
}
