package trainer

import "github.com/goal-search/goal-search/internal/kernel"

// outputs are what a layer's neurons put out over a batch: a sign each, of
// which a bit tells whether it is +1.
type outputs struct {
	tiling   tiling
	bySample []uint16          // [tiles][batch] rows with a bit for each place
	byNeuron kernel.Signs      // a row for each place; only learning and sparse sources need it
	inBlocks kernel.SignBlocks // the same for sparse sources
}

// turn sets byNeuron, in place if there is room.
func (o *outputs) turn(batch int) {
	perRow, stride := o.perRow(), tasks(batch, kernel.Lane)
	size := o.tiling.width * stride
	o.byNeuron.Words = stride
	o.byNeuron.Bits = grow(o.byNeuron.Bits, o.tiling.tiles*size)
	for tile := range o.tiling.tiles {
		kernel.TransposeBits(o.byNeuron.Bits[tile*size:][:size], o.bySample[tile*batch*perRow:][:batch*perRow], perRow)
	}
}

// perRow is the number of words of a sample's row.
func (o *outputs) perRow() int { return o.tiling.width / kernel.Lane }

// signedProduct multiplies outputs, of which each is -1 or +1.
type signedProduct struct {
	source                    *source
	tables                    [][]float32            // by thread
	presentTask, backwardTask func(thread, task int) // made once: a closure would be allocated each time
}

func newSignedProduct(s *source) *signedProduct {
	p := &signedProduct{source: s, tables: make([][]float32, s.threads)}
	p.presentTask, p.backwardTask = p.presentSamples, p.backwardInputs
	return p
}

// samplesPerTable and outputsPerTable are how many rows one thread adds signed
// sums to: many, since it makes the tables of the sums for them.
const (
	samplesPerTable = 512
	outputsPerTable = kernel.MaxWidth
)

// table returns scratch memory for a table. On the stack, it would begin
// anywhere in a cache line, and each second vector lie in two.
func (p *signedProduct) table(thread int) []float32 {
	p.tables[thread] = grow(p.tables[thread], kernel.SignTable)
	return p.tables[thread]
}

func (p *signedProduct) present() {
	s := p.source
	parallel(s.threads, s.tiling.tiles*tasks(s.batch, samplesPerTable), p.presentTask)
}

// presentSamples computes the fields of some samples in one tile.
func (p *signedProduct) presentSamples(thread, task int) {
	s := p.source
	table, o, stride := p.table(thread), s.input.outputs, s.tiling.width
	tile, first, last := part(task, s.batch, samplesPerTable)
	rows, weights := s.tiling.tile(s.field, tile)[first*stride:last*stride], s.tiling.tile(s.weight.value, tile)
	for column := 0; column < stride; column += kernel.SignWidth {
		width, dst := min(kernel.SignWidth, stride-column), rows[column:]
		from := s.tiling.tile(s.base, tile)[column:][:width]
		for i := 0; i < s.in; {
			of, place := o.tiling.place(i)
			n := min(kernel.SignRows, o.tiling.width-place, s.in-i)
			bits := o.bySample[(of*s.batch+first)*o.perRow()+place/kernel.Lane:]
			sums := kernel.SumSigns(table, weights[i*stride+column:], width, stride, n)
			kernel.AddSigned(dst, from, sums, width, stride, last-first, bits, o.perRow())
			from, i = dst, i+n
		}
	}
}

func (p *signedProduct) backward() {
	s := p.source
	s.backwardBias()
	parallel(s.threads, s.tiling.tiles*tasks(s.in, outputsPerTable), p.backwardTask)
}

// backwardInputs sets the gradients of the weights of some inputs in one tile.
func (p *signedProduct) backwardInputs(thread, task int) {
	var zeros [kernel.SignWidth]float32
	s := p.source
	table, m, stride := p.table(thread), s.input.outputs.byNeuron, s.tiling.width
	tile, first, last := part(task, s.in, outputsPerTable)
	rows, slopes := s.tiling.tile(s.weight.gradient, tile)[first*stride:last*stride], s.tiling.tile(s.slope, tile)
	for column := 0; column < stride; column += kernel.SignWidth {
		width, dst := min(kernel.SignWidth, stride-column), rows[column:]
		from := zeros[:width]
		for b := 0; b < s.batch; b += kernel.SignRows {
			n := min(kernel.SignRows, s.batch-b)
			sums := kernel.SumSigns(table, slopes[b*stride+column:], width, stride, n)
			kernel.AddSigned(dst, from, sums, width, stride, last-first, m.Bits[first*m.Words+b/kernel.Lane:], m.Words)
			from = dst
		}
	}
}
