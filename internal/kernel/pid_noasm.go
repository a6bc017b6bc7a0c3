//go:build !amd64 || purego

package kernel

func log2All(dst, x []float32) { log2Generic(dst, x) }

func pidTwo(blocks []PIDBlock, cells int, goal *PIDGoal, sums *PIDSums) {
	pidTwoGeneric(blocks, goal, sums)
}

func pidThree(blocks []PIDBlock, cells int, goal *PIDGoal, sums *PIDSums) {
	pidThreeGeneric(blocks, goal, sums)
}

func countMasses(t *Masses, cell []uint16, theta []float32, m Matrix, scale PIDScale) uint8 {
	return countMassesGeneric(t, cell, theta, m, scale)
}

func pickMasses(t *Masses, dst []float32, cell []uint16, m Matrix) {
	pickMassesGeneric(t, dst, cell, m)
}

func (s *PIDSums) addLanes() { s.addLanesGeneric() }

func (g *Groups) gather(blocks []PIDBlock, t *Masses, neuron int, cells []uint16) Mass {
	return g.gatherGeneric(blocks, t, neuron, cells)
}

func (g *Groups) spread(t *Masses, neuron int, cells []uint16, blocks []PIDBlock, common, scale float32) {
	g.spreadGeneric(t, neuron, cells, blocks, common, scale)
}
