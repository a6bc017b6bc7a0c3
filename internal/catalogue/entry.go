package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goal-search/goal-search/pid"
)

// Entry is one goal of the catalogue.
type Entry struct {
	Family string    // one of Families()
	Name   string    // short, unique within the family
	Note   string    // where the goal comes from; may be empty
	Gamma  []float64 // of each atom in lattice order, then of H_res
	File   string    // the user's file; "" is a published goal
}

// family is one kind of neuron: its sources, in the lattice's order.
type family struct {
	name    string
	letters string
}

var families = []family{
	{"infomorphic_context_lateral", "FCL"},
	{"infomorphic_context", "FC"},
	{"infomorphic_lateral", "FL"},
	{"output_layer", "FC"},
	{"infomorphic_random_projection", "FC"},
}

// Families returns the names of the families, the trivariate one first.
func Families() []string {
	var names []string
	for _, f := range families {
		names = append(names, f.name)
	}
	return names
}

func familyOf(name string) (family, error) {
	i := slices.IndexFunc(families, func(f family) bool { return f.name == name })
	if i < 0 {
		return family{}, fmt.Errorf("family %q: want one of %s", name, strings.Join(Families(), ", "))
	}
	return families[i], nil
}

func (f family) lattice() *pid.Lattice {
	if len(f.letters) == 2 {
		return pid.Bivariate
	}
	return pid.Trivariate
}

// FullName returns family/name. The output layer's goal and that of the
// random projection have no other name than their family's.
func (e Entry) FullName() string {
	if e.Name == e.Family {
		return e.Name
	}
	return e.Family + "/" + e.Name
}

// Letters returns the letters of the goal's sources: "FCL" for feedforward,
// context and lateral.
func (e Entry) Letters() string {
	f, err := familyOf(e.Family)
	if err != nil {
		panic("catalogue: entry of an unknown family")
	}
	return f.letters
}

// Lattice returns the lattice of the goal's sources.
func (e Entry) Lattice() *pid.Lattice {
	f, err := familyOf(e.Family)
	if err != nil {
		panic("catalogue: entry of an unknown family")
	}
	return f.lattice()
}

// TermNames returns what each γ belongs to, as the paper writes it.
func (e Entry) TermNames() []string { return e.Lattice().TermNames(e.Letters()) }

// Published tells whether the goal came with the paper.
func (e Entry) Published() bool { return e.File == "" }
