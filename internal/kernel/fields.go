package kernel

// Fields are the inputs of a tile of neurons for a block of samples. A row
// holds one number for each neuron of the tile.
type Fields struct {
	// Width is the number of neurons: a multiple of Lane.
	Width int
	// F is [sample][Width], the feedforward field.
	F []float32
	// C is [context][Width], the field of each context.
	C []float32
	// Context is the row of C by sample. Its length is the number of samples.
	Context []uint8
	// L is the lateral field: [sample][Width], or one row for all samples.
	L []float32
}

// strideL is the number of floats from one sample's L to the next one's.
func (x *Fields) strideL() int {
	if len(x.L) == x.Width {
		return 0
	}
	return x.Width
}

// sized tells whether all of x has the lengths that its Width and number of
// samples ask for, and so does a matrix of n numbers.
func (x *Fields) sized(n int) bool {
	size := x.Width * len(x.Context)
	if x.Width <= 0 || x.Width%Lane != 0 || len(x.F) != size || n != size {
		return false
	}
	if len(x.L) != size && len(x.L) != x.Width {
		return false
	}
	contexts := len(x.C) / x.Width
	for _, c := range x.Context {
		if int(c) >= contexts {
			return false
		}
	}
	return true
}

// rows returns the rows of sample i.
func (x *Fields) rows(i int) (f, c, l []float32) {
	return x.F[i*x.Width:][:x.Width], x.C[int(x.Context[i])*x.Width:][:x.Width], x.L[i*x.strideL():][:x.Width]
}
