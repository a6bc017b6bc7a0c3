package dataset

import (
	"fmt"
	"math"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/gomonoitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// faces are the typefaces that digits are drawn from. Their order is part of
// what the digits are.
var faces = [][]byte{goregular.TTF, goitalic.TTF, gobold.TTF, gomono.TTF, gomonoitalic.TTF, gomonobold.TTF}

// point is a place in glyph coordinates: a digit is 2 units high, with its
// middle at (0, 0), and y grows downwards.
type point struct{ x, y float64 }

// segment is a straight piece of an outline.
type segment struct{ from, to point }

// outline returns the outline of a digit as closed chains of straight pieces.
func outline(font *sfnt.Font, digit int) ([]segment, error) {
	var buffer sfnt.Buffer
	glyph, err := font.GlyphIndex(&buffer, rune('0'+digit))
	if err != nil {
		return nil, err
	}
	// As many sixty-fourths of a pixel in an em as the font has units: the
	// coordinates are then the font's own whole numbers.
	curves, err := font.LoadGlyph(&buffer, glyph, fixed.Int26_6(font.UnitsPerEm()), nil)
	if err != nil {
		return nil, err
	}
	bounds := curves.Bounds()
	middle := point{float64(float64(bounds.Min.X+bounds.Max.X) / 2), float64(float64(bounds.Min.Y+bounds.Max.Y) / 2)}
	half := float64(bounds.Max.Y-bounds.Min.Y) / 2
	place := func(p fixed.Point26_6) point {
		return point{
			x: (float64(p.X) - middle.x) / half,
			y: (float64(p.Y) - middle.y) / half,
		}
	}
	var pieces []segment
	var at point
	for _, curve := range curves {
		end := place(curve.Args[0])
		switch curve.Op {
		case sfnt.SegmentOpLineTo:
			pieces = append(pieces, segment{at, end})
		case sfnt.SegmentOpQuadTo:
			control := end
			end = place(curve.Args[1])
			pieces = appendQuadratic(pieces, at, control, end)
		case sfnt.SegmentOpCubeTo:
			return nil, fmt.Errorf("digit %d has a cubic curve: want a TrueType outline", digit)
		}
		at = end
	}
	return pieces, nil
}

// appendQuadratic appends a quadratic Bézier curve as straight pieces.
func appendQuadratic(pieces []segment, from, control, to point) []segment {
	const steps = 5
	at := from
	for step := 1; step <= steps; step++ {
		t := float64(step) / steps
		a, b, c := (1-t)*(1-t), 2*t*(1-t), t*t
		next := point{
			x: float64(a*from.x) + float64(b*control.x) + float64(c*to.x),
			y: float64(a*from.y) + float64(b*control.y) + float64(c*to.y),
		}
		pieces = append(pieces, segment{at, next})
		at = next
	}
	return pieces
}

// A field covers the square of ±fieldReach glyph units around a digit's middle
// with fieldSide × fieldSide places.
const (
	fieldSide  = 48
	fieldReach = 1.5
	// fieldMargin is more than the boldest and most blurred digit reaches
	// beyond its outline.
	fieldMargin = 0.3
	fieldCells  = (fieldSide - 1) / (2 * fieldReach) // per glyph unit
)

// field is a digit as the signed distance from its outline, in glyph units,
// negative inside: drawn from it, a digit can be made bolder, thinner or
// blurred, and two of them mixed give a third shape.
type field struct {
	distance [fieldSide * fieldSide]float32 // [y][x]

	// Beyond these from the middle, no place is nearer than fieldMargin.
	wide, tall float64
}

// newField measures the distances from an outline.
func newField(pieces []segment) *field {
	f := new(field)
	for i := range f.distance {
		p := point{
			x: float64(i%fieldSide)/fieldCells - fieldReach,
			y: float64(i/fieldSide)/fieldCells - fieldReach,
		}
		distance := signedDistance(pieces, p)
		f.distance[i] = float32(distance)
		if distance < fieldMargin {
			f.wide = max(f.wide, math.Abs(p.x)+1/fieldCells)
			f.tall = max(f.tall, math.Abs(p.y)+1/fieldCells)
		}
	}
	return f
}

// signedDistance returns that of p from a closed outline, negative inside.
func signedDistance(pieces []segment, p point) float64 {
	nearest, winding := math.Inf(1), 0
	for i := range pieces {
		nearest = min(nearest, pieces[i].squaredDistance(p))
		winding += pieces[i].winding(p)
	}
	if winding != 0 {
		return -math.Sqrt(nearest)
	}
	return math.Sqrt(nearest)
}

// squaredDistance returns that from p to the nearest point of the segment.
func (s *segment) squaredDistance(p point) float64 {
	dx, dy := s.to.x-s.from.x, s.to.y-s.from.y
	px, py := p.x-s.from.x, p.y-s.from.y
	along, length := float64(px*dx)+float64(py*dy), float64(dx*dx)+float64(dy*dy)
	switch {
	case along >= length: // nearest to its end
		px, py = px-dx, py-dy
	case along > 0:
		t := along / length
		px, py = px-float64(t*dx), py-float64(t*dy)
	}
	return float64(px*px) + float64(py*py)
}

// winding returns how often the segment winds around p: ±1 when it crosses the
// ray from p to the right.
func (s *segment) winding(p point) int {
	if (s.from.y <= p.y) == (s.to.y <= p.y) {
		return 0
	}
	side := float64((s.to.x-s.from.x)*(p.y-s.from.y)) - float64((p.x-s.from.x)*(s.to.y-s.from.y))
	if s.from.y <= p.y && side > 0 {
		return 1
	}
	if s.from.y > p.y && side < 0 {
		return -1
	}
	return 0
}

// at returns the distance at a place, between the field's own by bilinear
// interpolation; far outside it is that of the field's border.
func (f *field) at(x, y float64) float64 {
	const last = fieldSide - 1.001
	cx := max(0, min(last, float64((x+fieldReach)*fieldCells)))
	cy := max(0, min(last, float64((y+fieldReach)*fieldCells)))
	ix, iy := int(cx), int(cy)
	tx, ty := cx-float64(ix), cy-float64(iy)
	i := iy*fieldSide + ix
	above, below := f.distance[i:i+2], f.distance[i+fieldSide:i+fieldSide+2]
	top := float64(above[0]) + float64(tx*float64(above[1]-above[0]))
	bottom := float64(below[0]) + float64(tx*float64(below[1]-below[0]))
	return top + float64(ty*(bottom-top))
}
