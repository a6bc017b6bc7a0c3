//go:build amd64 && !purego

package kernel

import "math"

func log2All(dst, x []float32) {
	if path == Generic {
		log2Generic(dst, x)
		return
	}
	whole := len(x) / Lane * Lane
	if whole > 0 {
		if path == AVX512 {
			log2AVX512(&dst[0], &x[0], whole)
		} else {
			log2AVX2(&dst[0], &x[0], whole)
		}
	}
	if whole < len(x) {
		var rest [Lane]float32
		copy(rest[:], x[whole:])
		log2All(rest[:], rest[:])
		copy(dst[whole:], rest[:])
	}
}

func pidTwo(blocks []PIDBlock, cells int, goal *PIDGoal, sums *PIDSums) {
	switch path {
	case AVX512:
		pidTwoAVX512(&blocks[0].Mass[0][0], len(blocks), &goal.Scale.Count, &sums.lanes[0][0])
	case AVX2:
		pidTwoAVX2(&blocks[0].Mass[0][0], (cells+Lane/2-1)/(Lane/2), &goal.Scale.Count, &sums.lanes[0][0])
	default:
		pidTwoGeneric(blocks, goal, sums)
	}
}

func pidThree(blocks []PIDBlock, cells int, goal *PIDGoal, sums *PIDSums) {
	switch path {
	case AVX512:
		pidThreeAVX512(&blocks[0].Mass[0][0], len(blocks), &goal.Scale.Count, &sums.lanes[0][0])
	case AVX2:
		pidThreeAVX2(&blocks[0].Mass[0][0], (cells+Lane/2-1)/(Lane/2), &goal.Scale.Count, &sums.lanes[0][0])
	default:
		pidThreeGeneric(blocks, goal, sums)
	}
}

var countMassesAVX2 = [...]func(table, occupied *uint64, cell *uint16, theta *float32, stride, samples int, last uint16, shift float64, unit uint64) uint8{
	countMasses1AVX2, countMasses2AVX2, countMasses3AVX2, countMasses4AVX2,
	countMasses5AVX2, countMasses6AVX2, countMasses7AVX2, countMasses8AVX2,
}

var pickMassesAVX2 = [...]func(table *uint64, dst *float32, cell *uint16, stride, samples int, last uint16){
	pickMasses1AVX2, pickMasses2AVX2, pickMasses3AVX2, pickMasses4AVX2,
	pickMasses5AVX2, pickMasses6AVX2, pickMasses7AVX2, pickMasses8AVX2,
}

func countMasses(t *Masses, cell []uint16, theta []float32, m Matrix, scale PIDScale) uint8 {
	if path == Generic {
		return countMassesGeneric(t, cell, theta, m, scale)
	}
	shift := math.Ldexp(1, 52-int(scale.Fraction)) // the last bit of θ + shift is 2^-Fraction
	unit := uint64(1)<<scale.Count - math.Float64bits(shift)
	return countMassesAVX2[m.Neurons-1](&t.Table[0], &t.Occupied[0], &cell[0], &theta[0], m.Stride, m.Samples, t.last(), shift, unit)
}

func pickMasses(t *Masses, dst []float32, cell []uint16, m Matrix) {
	if path == Generic {
		pickMassesGeneric(t, dst, cell, m)
		return
	}
	pickMassesAVX2[m.Neurons-1](&t.Table[0], &dst[0], &cell[0], m.Stride, m.Samples, t.last())
}

func (s *PIDSums) addLanes() {
	if path == Generic {
		s.addLanesGeneric()
		return
	}
	addLanesAVX2(&s.Redundancy[0], &s.lanes[0][0], len(s.lanes))
}

func (g *Groups) gather(blocks []PIDBlock, t *Masses, neuron int, cells []uint16) Mass {
	if path == Generic {
		return g.gatherGeneric(blocks, t, neuron, cells)
	}
	gather := gatherMasses2AVX2
	if g.sets == 6 {
		gather = gatherMasses6AVX2
	}
	return gather(&t.Table[neuron], &cells[0], len(cells), &g.place[0][0], &g.mass[0], &blocks[0].Mass[0][0])
}

func (g *Groups) spread(t *Masses, neuron int, cells []uint16, blocks []PIDBlock, common, scale float32) {
	if path == Generic {
		g.spreadGeneric(t, neuron, cells, blocks, common, scale)
		return
	}
	spread := spreadSlopes2AVX2
	if g.sets == 6 {
		spread = spreadSlopes6AVX2
	}
	spread(&t.Table[neuron], &cells[0], len(cells), &g.place[0][0], &g.slope[0], &blocks[0].Slope[0][0], common, scale)
}
