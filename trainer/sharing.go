package trainer

// sharing is which samples have the same field of a source, so that it need not
// be computed and read for each.
type sharing int

const (
	ownField     sharing = iota
	labelField           // a row for each label, and one for the label withheld
	silenceField         // one row while the input is silent
)

// contexts is the number of rows of a labelField: the last is for a label that
// is withheld.
const contexts = withheld + 1

// sharingOf returns how a layer's source can share its fields: the kernels of
// trivariate neurons take labels second and silence third.
func (p plan) sharingOf(source int) sharing {
	w := p.sources[source]
	switch {
	case p.activation != trivariateActivation || p.binning.Adaptive:
		return ownField
	case source == 1 && w.origin == fromLabel && w.connection == all:
		return labelField
	case source == 2 && w.origin == fromLayer:
		return silenceField
	}
	return ownField
}

// fieldRows returns the field of some samples in one tile.
func (s *source) fieldRows(tile, first, last int) []float32 {
	switch {
	case s.sharing == labelField:
		return s.tiling.tile(s.field, tile)
	case s.sharing == silenceField && s.input.silent:
		return s.tiling.tile(s.base, tile)
	}
	return s.tiling.tile(s.field, tile)[first*s.tiling.width : last*s.tiling.width]
}

// slopeRows returns the slope of some samples in one tile, which are one task's.
// Where samples share a field, each task adds up its own slopes.
func (s *source) slopeRows(tile, task, first, last int) []float32 {
	width := s.tiling.width
	if s.sharing == labelField {
		return s.slope[task*contexts*width:][:contexts*width]
	}
	return s.tiling.tile(s.slope, tile)[first*width : last*width]
}
