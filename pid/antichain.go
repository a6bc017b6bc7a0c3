package pid

import (
	"fmt"
	"slices"
	"strings"
)

// SourceSet is a set of sources: bit i-1 stands for source i.
type SourceSet uint8

// Antichain is a set of source sets of which none contains another. It names
// one redundancy and one atom: {1}{23} is what source 1 and the synergy of
// sources 2 and 3 have in common.
type Antichain []SourceSet

// Contains tells whether every source of other is in s.
func (s SourceSet) Contains(other SourceSet) bool { return s&other == other }

// String returns the sources as digits: "23".
func (s SourceSet) String() string { return s.Letters("123") }

// Letters returns the sources by their letters: with "FCL", "CL".
func (s SourceSet) Letters(letters string) string {
	var b strings.Builder
	for i := range len(letters) {
		if s&(1<<i) != 0 {
			b.WriteByte(letters[i])
		}
	}
	return b.String()
}

// String returns the antichain in digits: "{1}{23}".
func (a Antichain) String() string { return a.Letters("123") }

// Letters returns the antichain with a letter for each source, as the paper
// writes it: with "FCL", "{F}{CL}".
func (a Antichain) Letters(letters string) string {
	var b strings.Builder
	for _, set := range a {
		b.WriteString("{" + set.Letters(letters) + "}")
	}
	return b.String()
}

// Below tells whether a stands below or at b in the redundancy lattice: every
// set of b contains some set of a (Williams and Beer 2010).
func (a Antichain) Below(b Antichain) bool {
	for _, setB := range b {
		if !slices.ContainsFunc(a, setB.Contains) {
			return false
		}
	}
	return true
}

// ParseAntichain reads "{1}{23}", or with letters "FCL" also "{F}{CL}".
func ParseAntichain(text, letters string) (Antichain, error) {
	invalid := func(why string) (Antichain, error) {
		return nil, fmt.Errorf("antichain %q: %s; want something like {%c}{%s}", text, why, letters[0], letters[1:])
	}
	rest := text
	var a Antichain
	for rest != "" {
		inner, tail, found := strings.Cut(rest, "}")
		if !found || !strings.HasPrefix(inner, "{") || len(inner) < 2 {
			return invalid("the braces do not match")
		}
		set, err := parseSet(inner[1:], letters)
		if err != nil {
			return invalid(err.Error())
		}
		for _, other := range a {
			if other.Contains(set) || set.Contains(other) {
				return invalid(fmt.Sprintf("one of {%s} and {%s} contains the other", other.Letters(letters), set.Letters(letters)))
			}
		}
		a = append(a, set)
		rest = tail
	}
	if len(a) == 0 {
		return invalid("it is empty")
	}
	return a, nil
}

func parseSet(text, letters string) (SourceSet, error) {
	var set SourceSet
	for _, r := range text {
		i := strings.IndexRune(letters, r)
		if i < 0 {
			i = strings.IndexRune("123"[:len(letters)], r)
		}
		switch {
		case i < 0:
			return 0, fmt.Errorf("%q is no source", r)
		case set&(1<<i) != 0:
			return 0, fmt.Errorf("source %q stands twice in one set", r)
		}
		set |= 1 << i
	}
	return set, nil
}
