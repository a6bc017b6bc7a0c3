//go:build amd64 && !purego

package kernel

// turnedFloats is how many rows and columns of floats the kernel takes at once.
const turnedFloats = 8

// transpose leaves what is no whole block to the generic version.
func transpose(dst []float32, dstStride int, src []float32, srcStride, rows, columns int) {
	down, across := rows/turnedFloats*turnedFloats, columns/turnedFloats*turnedFloats
	if path == Generic || down == 0 || across == 0 {
		transposeGeneric(dst, dstStride, src, srcStride, rows, columns)
		return
	}
	for i := 0; i < down; i += turnedFloats {
		turnFloatsAVX2(&dst[i], 4*dstStride, &src[i*srcStride], 4*srcStride, across/turnedFloats)
	}
	if across < columns {
		transposeGeneric(dst[across*dstStride:], dstStride, src[across:], srcStride, down, columns-across)
	}
	if down < rows {
		transposeGeneric(dst[down:], dstStride, src[down*srcStride:], srcStride, rows-down, columns)
	}
}
