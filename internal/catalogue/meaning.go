package catalogue

import (
	"strings"

	"github.com/goal-search/goal-search/pid"
)

var sourceNames = map[byte]string{'F': "feedforward", 'C': "context", 'L': "lateral", '1': "source 1", '2': "source 2", '3': "source 3"}

// ResidualMeaning says what H_res is.
const ResidualMeaning = "entropy that the inputs do not explain"

// Meaning says what the atom of an antichain is information of, with a letter
// for each source (paper, Table 2): {F}{CL} is "redundant in feedforward and
// the synergy of context and lateral".
func Meaning(a pid.Antichain, letters string) string {
	if len(a) == 1 {
		sources := sourcesOf(a[0], letters)
		if len(sources) == 1 {
			return "unique to " + sources[0]
		}
		return "synergy of " + join(sources)
	}
	var single, joint []string
	for _, set := range a {
		if sources := sourcesOf(set, letters); len(sources) == 1 {
			single = append(single, sources[0])
		} else {
			joint = append(joint, join(sources))
		}
	}
	switch {
	case len(joint) == 0:
		return "redundant in " + join(single)
	case len(single) == 0 && len(joint) == len(letters):
		return "redundant in the synergies of every pair"
	case len(single) == 0:
		return "redundant in the synergies of " + strings.Join(joint, ", and of ")
	}
	return "redundant in " + join(single) + " and the synergy of " + strings.Join(joint, ", and of ")
}

func sourcesOf(set pid.SourceSet, letters string) []string {
	var names []string
	for i := range len(letters) {
		if set.Contains(1 << i) {
			names = append(names, sourceNames[letters[i]])
		}
	}
	return names
}

// join writes "a and b", or "a, b and c".
func join(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
