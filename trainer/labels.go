package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// labelProduct multiplies labels, of which each sample has one or none: its
// field is the row of its label.
type labelProduct struct {
	source *source
	rows   []float32 // [contexts] rows of a tile
}

func (p *labelProduct) present() {
	s := p.source
	for tile := range s.tiling.tiles {
		field := s.tiling.tile(s.field, tile)
		if s.sharing == labelField {
			p.presentAll(field, tile)
			continue
		}
		p.rows = grow(p.rows, contexts*s.tiling.width)
		p.presentAll(p.rows, tile)
		for b, label := range s.input.context {
			copy(s.tiling.row(field, b), s.tiling.row(p.rows, int(label)))
		}
	}
}

// presentAll sets the row of each label, and that of none.
func (p *labelProduct) presentAll(rows []float32, tile int) {
	s := p.source
	fillRows(rows, s.tiling.tile(s.base, tile))
	kernel.Axpy(rows[:s.in*s.tiling.width], 1, s.tiling.tile(s.weight.value, tile))
}

// backward sets the gradients: those of a label's weights are the sum of its
// samples' slopes.
func (p *labelProduct) backward() {
	s := p.source
	if s.sharing == labelField {
		p.backwardShared()
		return
	}
	s.backwardBias()
	clear(s.weight.gradient)
	for tile := range s.tiling.tiles {
		gradient, slope := s.tiling.tile(s.weight.gradient, tile), s.tiling.tile(s.slope, tile)
		for b, label := range s.input.context {
			if label != withheld {
				kernel.Axpy(s.tiling.row(gradient, int(label)), 1, s.tiling.row(slope, b))
			}
		}
	}
}

// backwardShared takes the slopes that the tasks have added up by label.
func (p *labelProduct) backwardShared() {
	s := p.source
	for tile := range s.tiling.tiles {
		slopes := s.tiling.tile(s.slope, tile)
		sum := slopes[:contexts*s.tiling.width]
		for rest := slopes[len(sum):]; len(rest) > 0; rest = rest[len(sum):] {
			kernel.Axpy(sum, 1, rest[:len(sum)])
		}
		copy(s.tiling.tile(s.weight.gradient, tile), sum)
		bias := s.tiling.tile(s.bias.gradient, tile)
		clear(bias)
		addAll(bias, sum, contexts, 1)
	}
}
