package catalogue

import (
	_ "embed"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed published.yaml
var publishedYAML []byte

var published = readPublished()

func readPublished() []Entry {
	var entries []Entry
	if err := yaml.Unmarshal(publishedYAML, &entries); err != nil {
		panic("catalogue: bad published.yaml: " + err.Error())
	}
	return entries
}

// Published returns the goals that came with the paper, family by family.
func Published() []Entry {
	entries := slices.Clone(published)
	for i := range entries {
		entries[i].Gamma = slices.Clone(entries[i].Gamma)
	}
	return entries
}
