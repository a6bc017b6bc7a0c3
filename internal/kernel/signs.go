package kernel

// Signs is a matrix of -1 and +1, a bit for each: +1 where it is set. A row has
// 16·Words numbers.
type Signs struct {
	Bits  []uint16
	Words int
}

// SignBlocks is a matrix of signs in the order that suits their sums: a row
// consists of blocks of 256 columns, a block of 8 words, and bit t of word l is
// column 8·t + l of the block. So the sign of 8 neighbours is at the same place
// of all words.
type SignBlocks struct {
	Bits   []uint32
	Blocks int // of a row
}

const (
	blockWords   = 8
	blockColumns = 32 * blockWords
)

// Columns is the length of a row.
func (b *SignBlocks) Columns() int { return b.Blocks * blockColumns }

// Set sets b to m, in place if there is room. Columns that m lacks are -1.
func (b *SignBlocks) Set(m Signs) {
	const perBlock = blockColumns / Lane
	if m.Words < 0 || m.Words > 0 && len(m.Bits)%m.Words != 0 {
		panic("kernel: Signs that are no whole rows")
	}
	b.Blocks, b.Bits = (m.Words+perBlock-1)/perBlock, b.Bits[:0]
	if m.Words == 0 {
		return
	}
	rows, whole := len(m.Bits)/m.Words, m.Words/perBlock
	b.Bits = grow(b.Bits, rows*b.Blocks*blockWords)
	for i := range rows {
		row, to := m.Bits[i*m.Words:][:m.Words], b.Bits[i*b.Blocks*blockWords:]
		if whole > 0 {
			blockSigns(to, row, whole)
		}
		if whole < b.Blocks {
			var last [perBlock]uint16
			copy(last[:], row[whole*perBlock:])
			blockSigns(to[whole*blockWords:], last[:], 1)
		}
	}
}

// grow returns n elements, those of s if it has room.
func grow[E any](s []E, n int) []E {
	if cap(s) < n {
		return make([]E, n)
	}
	return s[:n]
}

// blockSignsGeneric reorders some blocks.
func blockSignsGeneric(dst []uint32, bits []uint16, blocks int) {
	for i := range blocks {
		words := (*[blockWords]uint32)(dst[i*blockWords:])
		*words = [blockWords]uint32{}
		for t, pair := range bits[i*blockColumns/Lane:][:blockColumns/Lane] {
			for l := range words {
				low, high := uint32(pair>>l&1), uint32(pair>>(l+blockWords)&1)
				words[l] |= (low | high<<1) << (2 * t)
			}
		}
	}
}
