package kernel

// Columns is the number of neurons whose masses lie side by side in a table.
const Columns = 8

// Masses holds the joint histograms of up to Columns neurons: the masses of
// their joint bins, and which of them are occupied.
type Masses struct {
	// Table is [joint bin][neuron]; all 0 before it is filled. Its length is
	// a multiple of Columns.
	Table []Mass
	// Occupied has a bit for each place of the table.
	Occupied []uint64
}

// NewMasses returns empty histograms of that many joint bins, at least 1 and
// at most 2^16.
func NewMasses(bins int) Masses {
	if bins < 1 || bins > 1<<16 {
		panic("kernel: histograms of no bins, or too many")
	}
	return Masses{make([]Mass, bins*Columns), make([]uint64, (bins*Columns+63)/64)}
}

// Matrix is the shape of a part of a matrix with a row for each sample: its
// first Neurons columns, at most Columns. Rows are Stride apart. Whole groups
// of Columns columns have to be there to be read.
type Matrix struct {
	Stride, Samples, Neurons int
}

// fits tells whether a matrix of that many elements holds m.
func (m Matrix) fits(length int) bool {
	return m.Neurons >= 1 && m.Neurons <= Columns && m.Stride >= Columns && m.Samples >= 1 &&
		length >= Columns && (length-Columns)/m.Stride >= m.Samples-1
}

// Count adds the mass of each sample to the table, at the bin that cell names,
// and marks the bin as occupied. Cells that are out of range count as the last
// one. It returns a bit for each neuron with a θ that is NaN.
func (t *Masses) Count(cell []uint16, theta []float32, m Matrix, scale PIDScale) (invalid uint8) {
	if !m.fits(len(cell)) || !m.fits(len(theta)) || m.Samples > MaxPIDBatch {
		panic("kernel: Count of matrices that do not match")
	}
	return countMasses(t, cell, theta, m, scale)
}

// Pick sets dst to what the low half of the table's words holds, as float32,
// at the bins that cell names. Other columns of dst are left alone.
func (t *Masses) Pick(dst []float32, cell []uint16, m Matrix) {
	if !m.fits(len(cell)) || !m.fits(len(dst)) {
		panic("kernel: Pick of matrices that do not match")
	}
	pickMasses(t, dst, cell, m)
}

// last returns the number of the last bin.
func (t *Masses) last() uint16 { return uint16(len(t.Table)/Columns - 1) }
