package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// TestPIDLayout holds the structures to the offsets in _asm.
func TestPIDLayout(t *testing.T) {
	var b PIDBlock
	var g PIDGoal
	var s PIDSums
	got := []uintptr{
		unsafe.Sizeof(b), unsafe.Offsetof(b.Slope), unsafe.Offsetof(g.Scale.Count), unsafe.Offsetof(g.Scale.Fraction),
		unsafe.Offsetof(g.Firing), unsafe.Offsetof(g.Silent), unsafe.Offsetof(g.Epsilon), unsafe.Offsetof(g.Weight),
		unsafe.Offsetof(g.WeightNats), unsafe.Offsetof(s.lanes), unsafe.Offsetof(s.backs),
		unsafe.Offsetof(s.Expected) - unsafe.Offsetof(s.Redundancy),
	}
	same(t, "offset", got, []uintptr{1344, 896, 0, 8, 16, 20, 24, 28, 100, 0, 1216, 18 * 8})
}

// pidCase is a neuron with a number of occupied cells.
type pidCase struct {
	table  Masses
	groups *Groups
	neuron int
	cells  []uint16
	goal   PIDGoal
	blocks []PIDBlock // with a guard at the end
}

func newPIDCase(t testing.TB, r *rand.Rand, sources, cells int) *pidCase {
	t.Helper()
	bins := []int{20, 20, 20}
	if sources == 2 {
		bins = []int{20, 30}
	}
	groups, ok := NewGroups(bins[:sources]...)
	if !ok {
		t.Fatal("no groups")
	}
	c := &pidCase{table: NewMasses(groups.Bins()), groups: groups, neuron: r.IntN(Columns)}
	for joint, chosen := range chooseAscending(r, cells, groups.Bins()) {
		if chosen {
			c.cells = append(c.cells, uint16(joint))
		}
	}
	c.goal.Scale = NewPIDScale(1024)
	var total Mass
	for i := range 1024 {
		joint := c.cells[i%cells]
		theta := r.Float32()
		switch r.IntN(6) {
		case 0:
			theta = 0
		case 1:
			theta = 1e-6
		}
		if joint%3 == 0 {
			theta = float32(joint % 2)
		}
		c.table.Table[int(joint)*Columns+c.neuron] += c.goal.Scale.Mass(theta)
		total += c.goal.Scale.Mass(theta)
	}
	all, firing, silent := c.goal.Scale.Split(total)
	c.goal.Firing, c.goal.Silent = float32(float64(firing)/float64(all)), float32(float64(silent)/float64(all))
	c.goal.Epsilon = 1e-10 * float32(all)
	for a := range c.goal.Weight {
		c.goal.Weight[a] = 2*r.Float32() - 1
		c.goal.WeightNats[a] = c.goal.Weight[a] / math.Ln2
	}
	c.blocks = make([]PIDBlock, (cells+Lane-1)/Lane+1)
	for i := range c.blocks {
		c.blocks[i] = guardBlock()
	}
	return c
}

// chooseAscending marks n of the first bins.
func chooseAscending(r *rand.Rand, n, bins int) []bool {
	chosen := make([]bool, bins)
	for bins = min(bins, 3*n+10); n > 0; {
		if joint := r.IntN(bins); !chosen[joint] {
			chosen[joint] = true
			n--
		}
	}
	return chosen
}

func guardBlock() (b PIDBlock) {
	for set := range b.Mass {
		for i := range Lane {
			b.Mass[set][i], b.Slope[set][i] = guard, guard
		}
	}
	return b
}

// eachCount runs a test for both lattices at each number of cells.
func eachCount(t *testing.T, test func(t *testing.T, c *pidCase, three bool)) {
	eachPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for cells := 1; cells <= 200; cells++ {
			for sources := 2; sources <= 3; sources++ {
				test(t, newPIDCase(t, r, sources, cells), sources == 3)
			}
		}
	})
}

func TestGroupsEqualGeneric(t *testing.T) {
	eachCount(t, func(t *testing.T, c *pidCase, three bool) {
		name := fmt.Sprintf("%d cells, %d sets: ", len(c.cells), c.groups.sets)
		want := copyOf(c.blocks)
		total := c.groups.Gather(c.blocks, &c.table, c.neuron, c.cells)
		clearRest(&want[len(want)-2], len(c.cells)%Lane)
		if wantTotal := c.groups.gatherGeneric(want, &c.table, c.neuron, c.cells); total != wantTotal {
			t.Fatalf("%sgot %x in all, want %x", name, total, wantTotal)
		}
		same(t, name+"block", c.blocks, want)
		r := rand.New(rand.NewPCG(9, uint64(len(c.cells))))
		for i := range c.blocks {
			for set := range c.blocks[i].Slope {
				for k := range Lane {
					c.blocks[i].Slope[set][k] = r.Float32() - .5
				}
			}
		}
		before := copyOf(c.blocks)
		table := Masses{Table: copyOf(c.table.Table)}
		c.groups.Spread(&c.table, c.neuron, c.cells, c.blocks, .25, .125)
		c.groups.spreadGeneric(&table, c.neuron, c.cells, c.blocks, .25, .125)
		for i, word := range c.table.Table {
			if uint32(word) != uint32(table.Table[i]) {
				t.Fatalf("%sslope of place %d: got %x, want %x", name, i, uint32(word), uint32(table.Table[i]))
			}
		}
		same(t, name+"block", c.blocks, before)
		for i := range c.groups.mass {
			if c.groups.mass[i] != 0 || c.groups.slope[i] != 0 {
				t.Fatalf("%sgroup %d is not cleared", name, i)
			}
		}
	})
}

func TestPIDEqualsGeneric(t *testing.T) {
	eachCount(t, func(t *testing.T, c *pidCase, three bool) {
		cells := len(c.cells)
		name := fmt.Sprintf("%d cells, %d sets: ", cells, c.groups.sets)
		c.groups.Gather(c.blocks, &c.table, c.neuron, c.cells)
		want, wantSums, gotSums := copyOf(c.blocks), new(PIDSums), new(PIDSums)
		for i := range gotSums.lanes {
			gotSums.lanes[i][3] = guard
		}
		if three {
			PIDThree(c.blocks, cells, &c.goal, gotSums)
			pidThreeGeneric(want[:len(want)-1], &c.goal, wantSums)
		} else {
			PIDTwo(c.blocks, cells, &c.goal, gotSums)
			pidTwoGeneric(want[:len(want)-1], &c.goal, wantSums)
		}
		wantSums.addLanesGeneric()
		unit := math.Ldexp(1./1024, -40)
		for a, w := range append(wantSums.Redundancy[:], wantSums.Expected) {
			got := append(gotSums.Redundancy[:], gotSums.Expected)[a]
			if !(math.Abs(got-w)*unit <= 1e-6) {
				t.Fatalf("%ssum %d: got %g, want %g", name, a, got*unit, w*unit)
			}
		}
		same(t, name+"guard", c.blocks[len(want)-1:], want[len(want)-1:])
		for i := range c.blocks {
			same(t, name+"masses", c.blocks[i].Mass[:], want[i].Mass[:])
		}
		for k := range cells {
			for set := range c.groups.sets + 1 {
				got, want := c.blocks[k/Lane].Slope[set][k%Lane], want[k/Lane].Slope[set][k%Lane]
				if !(math.Abs(float64(got-want)) <= 2e-5) {
					t.Fatalf("%scell %d, set %d: got slope %g, want %g", name, k, set, got, want)
				}
			}
		}
	})
}

func TestAddLanes(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		got, want := new(PIDSums), new(PIDSums)
		for i := range got.lanes {
			for j := range got.lanes[i] {
				got.lanes[i][j] = float32(i*100 + j*j)
			}
		}
		want.lanes = got.lanes
		got.addLanes()
		want.addLanesGeneric()
		same(t, "sum", append(got.Redundancy[:], got.Expected), append(want.Redundancy[:], want.Expected))
	})
}

func BenchmarkPIDThree(b *testing.B) {
	for _, cells := range []int{8, 33, 100, 400} {
		c := newPIDCase(b, rand.New(rand.NewPCG(1, 2)), 3, cells)
		c.groups.Gather(c.blocks, &c.table, c.neuron, c.cells)
		sums := new(PIDSums)
		b.Run(fmt.Sprintf("cells=%d", cells), func(b *testing.B) {
			benchEachPath(b, cells, func() { PIDThree(c.blocks, cells, &c.goal, sums) })
		})
	}
}
