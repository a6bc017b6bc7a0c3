//go:build !amd64 || purego

package kernel

func log2All(dst, x []float32) { log2Generic(dst, x) }

func pidTwo(blocks []PIDBlock, goal *PIDGoal, sums *PIDSums) { pidTwoGeneric(blocks, goal, sums) }

func pidThree(blocks []PIDBlock, goal *PIDGoal, sums *PIDSums) { pidThreeGeneric(blocks, goal, sums) }

func countMasses(t *Masses, cell []uint16, theta []float32, m Matrix, scale PIDScale) uint8 {
	return countMassesGeneric(t, cell, theta, m, scale)
}

func pickMasses(t *Masses, dst []float32, cell []uint16, m Matrix) {
	pickMassesGeneric(t, dst, cell, m)
}
