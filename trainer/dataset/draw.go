package dataset

import (
	"math"
	"math/rand/v2"
)

// drawer draws digits one after the other. It is for one goroutine.
type drawer struct {
	fields *[Classes][]*field
	pcg    rand.PCG
	warp   warp
}

// draw draws digit i of a stream into dst [digitsSide][digitsSide], which is
// all 0, and returns its label.
func (d *drawer) draw(dst []byte, stream Stream, i int) (label byte) {
	seedPCG(&d.pcg, digitsSeed, stream, uint64(i))
	rng := rand.New(&d.pcg)
	p := drawPose(rng)
	d.warp.draw(rng)
	d.ink(dst, &p, rng)
	for range p.specks {
		at := rng.IntN(len(dst))
		dst[at] = byte(max(int(dst[at]), rng.IntN(256)))
	}
	return p.label
}

// ink fills the pixels that the digit covers.
func (d *drawer) ink(dst []byte, p *pose, rng *rand.Rand) {
	first, other := d.fields[p.label][p.first], d.fields[p.label][p.other]
	half := float64(p.blur / 2)
	wide, tall := max(first.wide, other.wide), max(first.tall, other.tall)
	for y := range digitsSide {
		d.warp.row(y)
		for x := range digitsSide {
			dx, dy := d.warp.at(x)
			px, py := float64(x)-p.centreX+dx, float64(y)-p.centreY+dy
			u := float64(p.axx*px) + float64(p.axy*py)
			v := float64(p.ayx*px) + float64(p.ayy*py)
			if math.Abs(u) > wide || math.Abs(v) > tall {
				continue
			}
			distance := first.at(u, v)
			distance += float64(p.mix * (other.at(u, v) - distance))
			distance = float64(distance*p.perUnit) - p.bold
			if distance >= half {
				continue
			}
			share := min(1, (half-distance)/p.blur)
			value := float64(share * (p.ink + between(rng, -p.grain, p.grain)))
			dst[y*digitsSide+x] = byte(max(0, min(255, value)))
		}
	}
}
