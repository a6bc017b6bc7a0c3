package kernel

import "math"

// gatherGeneric is Groups.Gather in plain Go.
func (g *Groups) gatherGeneric(blocks []PIDBlock, t *Masses, neuron int, cells []uint16) (total Mass) {
	for k, joint := range cells {
		mass := t.Table[int(joint)*Columns+neuron]
		blocks[k/Lane].Mass[g.sets][k%Lane] = mass
		total += mass
		for _, place := range g.place[joint][:g.sets] {
			g.mass[place] += mass
		}
	}
	for k, joint := range cells {
		for set, place := range g.place[joint][:g.sets] {
			blocks[k/Lane].Mass[set][k%Lane] = g.mass[place]
		}
	}
	for _, joint := range cells {
		for _, place := range g.place[joint][:g.sets] {
			g.mass[place] = 0
		}
	}
	return total
}

// spreadGeneric is Groups.Spread in plain Go.
func (g *Groups) spreadGeneric(t *Masses, neuron int, cells []uint16, blocks []PIDBlock, common, scale float32) {
	for k, joint := range cells {
		for set, place := range g.place[joint][:g.sets] {
			g.slope[place] += blocks[k/Lane].Slope[set][k%Lane]
		}
	}
	for k, joint := range cells {
		slope := common + blocks[k/Lane].Slope[g.sets][k%Lane]
		for _, place := range g.place[joint][:g.sets] {
			slope += g.slope[place]
		}
		t.Table[int(joint)*Columns+neuron] = Mass(math.Float32bits(slope * scale))
	}
	for _, joint := range cells {
		for _, place := range g.place[joint][:g.sets] {
			g.slope[place] = 0
		}
	}
}
