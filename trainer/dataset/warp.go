package dataset

import "math/rand/v2"

const (
	warpStep = 7                       // pixels between control points
	warpSide = digitsSide/warpStep + 3 // control points a side
)

// warp bends an image smoothly: it moves every pixel by a uniform cubic
// B-spline over control points that are moved at random.
type warp struct {
	move [warpSide][warpSide]point // [y][x], pixels
	line [warpSide]point           // the control points' mean for one row
}

// draw moves the control points anew.
func (w *warp) draw(rng *rand.Rand) {
	for y := range w.move {
		for x := range w.move[y] {
			w.move[y][x] = point{between(rng, -warpMax, warpMax), between(rng, -warpMax, warpMax)}
		}
	}
}

// row readies the warp for the pixels of row y.
func (w *warp) row(y int) {
	weights := &spline[y%warpStep]
	for x := range w.line {
		var sum point
		for k, weight := range weights {
			move := w.move[y/warpStep+k][x]
			sum.x += float64(weight * move.x)
			sum.y += float64(weight * move.y)
		}
		w.line[x] = sum
	}
}

// at returns by how much the pixel at x in the row moves.
func (w *warp) at(x int) (dx, dy float64) {
	weights := &spline[x%warpStep]
	for k, weight := range weights {
		move := w.line[x/warpStep+k]
		dx += float64(weight * move.x)
		dy += float64(weight * move.y)
	}
	return dx, dy
}

// spline holds the weights of the four control points around a pixel.
var spline = func() (weights [warpStep][4]float64) {
	for i := range weights {
		t := float64(i) / warpStep
		s := 1 - t
		t2, t3 := float64(t*t), float64(float64(t*t)*t)
		weights[i] = [4]float64{
			float64(float64(s*s)*s) / 6,
			(float64(3*t3) - float64(6*t2) + 4) / 6,
			(-float64(3*t3) + float64(3*t2) + float64(3*t) + 1) / 6,
			t3 / 6,
		}
	}
	return weights
}()
