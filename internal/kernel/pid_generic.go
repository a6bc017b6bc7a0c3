package kernel

// smallestRatio is the smallest ratio of an event's mass to the expected one
// that counts.
const smallestRatio = 1e-7

// signs holds, by antichain, the sign with which the mass of each set counts
// in that of the union of the antichain's events. Sets are numbered as the
// rows of a PIDBlock.
type signs []union

type union [7]int8

// PIDSign returns the sign of a source set in an antichain of two or three
// sources.
func PIDSign(sources, antichain, set int) int {
	if sources == 2 {
		return int(signsTwo[antichain][set-1])
	}
	return int(signsThree[antichain][set-1])
}

// single tells whether there is one set only. The cells that agree in it then
// give its mass back in full, Σ q/v = 1, so that nothing has to be spread.
func (u union) single() bool {
	sets := 0
	for _, sign := range u {
		sets += int(sign * sign)
	}
	return sets == 1
}

var signsTwo = signs{
	{1}, {0, 1}, {1, 1, -1}, {0, 0, 1},
}

// The columns are {1} {2} {12} {3} {13} {23} {123}.
var signsThree = signs{
	{1, 1, -1, 1, -1, -1, 1}, // {1}{2}{3}
	{1, 1, -1},               // {1}{2}
	{1, 0, 0, 1, -1},         // {1}{3}
	{0, 1, 0, 1, 0, -1},      // {2}{3}
	{1, 0, 0, 0, 0, 1, -1},   // {1}{23}
	{0, 1, 0, 0, 1, 0, -1},   // {2}{13}
	{0, 0, 1, 1, 0, 0, -1},   // {3}{12}
	{1},                      // {1}
	{0, 1},                   // {2}
	{0, 0, 0, 1},             // {3}
	{0, 0, 1, 0, 1, 1, -2},   // {12}{13}{23}
	{0, 0, 1, 0, 1, 0, -1},   // {12}{13}
	{0, 0, 1, 0, 0, 1, -1},   // {12}{23}
	{0, 0, 0, 0, 1, 1, -1},   // {13}{23}
	{0, 0, 1},                // {12}
	{0, 0, 0, 0, 1},          // {13}
	{0, 0, 0, 0, 0, 1},       // {23}
	{0, 0, 0, 0, 0, 0, 1},    // {123}
}

func pidTwoGeneric(blocks []PIDBlock, goal *PIDGoal, sums *PIDSums) {
	pidGeneric(blocks, signsTwo, 3, goal, sums)
}

func pidThreeGeneric(blocks []PIDBlock, goal *PIDGoal, sums *PIDSums) {
	pidGeneric(blocks, signsThree, 7, goal, sums)
}

// pidGeneric is PIDTwo and PIDThree in plain Go, cell by cell.
func pidGeneric(blocks []PIDBlock, lattice signs, sets int, goal *PIDGoal, sums *PIDSums) {
	for i := range blocks {
		b := &blocks[i]
		for lane := range Lane {
			cell := goal.output(b.Mass[sets-1][lane])
			var slope [7]float32
			for a, sign := range lattice {
				event := goal.output(b.union(sign, sets, lane))
				sums.lanes[a][lane] += event.redundancy(cell)
				sums.lanes[len(sums.Redundancy)][lane] += goal.WeightNats[a] * event.expected(cell)
				slope[sets-1] += goal.Weight[a] * event.bits()
				if sign.single() {
					slope[sets-1] += goal.WeightNats[a] * event.observed()
					continue
				}
				back := goal.WeightNats[a] * event.back(cell)
				for s, sign := range sign[:sets] {
					slope[s] += float32(sign) * back
				}
			}
			for s, v := range slope[:sets] {
				b.Slope[s][lane] = v
			}
		}
	}
}

// union returns the mass of the union of an antichain's events.
func (b *PIDBlock) union(sign union, sets, lane int) Mass {
	var sum Mass
	for s, sign := range sign[:sets] {
		sum += Mass(int64(sign)) * b.Mass[s][lane]
	}
	return sum
}

// event is a mass u of which v belongs to an output value, by output value.
type event struct {
	all            float32 // u
	firing, silent part
}

// part is what concerns one output value y.
type part struct {
	mass     float32 // v(y)
	inverse  float32 // 1/(u p(y) + ε)
	log      float32 // log₂ f, 0 where f does not count
	observed bool    // whether f counts
}

func (g *PIDGoal) output(m Mass) event {
	all, firing, silent := g.Scale.Split(m)
	u := float32(all)
	return event{u, newPart(float32(firing), u*g.Firing+g.Epsilon), newPart(float32(silent), u*g.Silent+g.Epsilon)}
}

func newPart(mass, expected float32) part {
	p := part{mass: mass, inverse: 1 / expected}
	if ratio := mass / expected; ratio >= smallestRatio {
		p.log, p.observed = log2(ratio), true
	}
	return p
}

// share returns x where the ratio counts, else 0.
func (p part) share(x float32) float32 {
	if p.observed {
		return x
	}
	return 0
}

// redundancy is the cell's part of I_α: Σ_y q(y) log₂ f(y).
func (e event) redundancy(cell event) float32 {
	return cell.firing.mass*e.firing.log + cell.silent.mass*e.silent.log
}

// expected is the cell's part of M(+) - M(-): q u/(u p + ε).
func (e event) expected(cell event) float32 {
	return e.all * (e.firing.share(cell.firing.mass)*e.firing.inverse - e.silent.share(cell.silent.mass)*e.silent.inverse)
}

// bits is log₂ f(+) - log₂ f(-).
func (e event) bits() float32 { return e.firing.log - e.silent.log }

// observed is m(+) - m(-), where m is 1 if the ratio counts, else 0.
func (e event) observed() float32 { return e.firing.share(1) - e.silent.share(1) }

// back is what the cell gives back to the mass of its event: q(+)/v(+) -
// q(-)/v(-).
func (e event) back(cell event) float32 {
	return e.firing.quotient(cell.firing.mass) - e.silent.quotient(cell.silent.mass)
}

func (p part) quotient(q float32) float32 {
	if p.observed {
		return q / p.mass
	}
	return 0
}
