package kernel

import "math"

// countMassesGeneric is Masses.Count in plain Go.
func countMassesGeneric(t *Masses, cell []uint16, theta []float32, m Matrix, scale PIDScale) (invalid uint8) {
	last := t.last()
	for i := range m.Samples {
		row := theta[i*m.Stride:][:m.Neurons]
		for n, c := range cell[i*m.Stride:][:m.Neurons] {
			place := int(min(c, last))*Columns + n
			if t.Table[place] == 0 {
				t.Occupied[place/64] |= 1 << (place % 64)
			}
			t.Table[place] += scale.Mass(row[n])
			if row[n] != row[n] {
				invalid |= 1 << n
			}
		}
	}
	return invalid
}

// pickMassesGeneric is Masses.Pick in plain Go.
func pickMassesGeneric(t *Masses, dst []float32, cell []uint16, m Matrix) {
	last := t.last()
	for i := range m.Samples {
		row := dst[i*m.Stride:][:m.Neurons]
		for n, c := range cell[i*m.Stride:][:m.Neurons] {
			row[n] = math.Float32frombits(uint32(t.Table[int(min(c, last))*Columns+n]))
		}
	}
}
