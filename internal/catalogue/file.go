package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goal-search/goal-search/pid"
)

// goalFile is a goal as YAML or JSON. Gamma is a list, or a table by
// antichain in which what is not named is 0.
type goalFile struct {
	Name   string    `yaml:"name"`
	Family string    `yaml:"family"`
	Note   string    `yaml:"note"`
	Gamma  yaml.Node `yaml:"gamma"`
}

var goalName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$`)

// Parse reads a goal file. The family is the file's own; where it names none,
// it is the given one; where that is "" too, it is the only one that fits the
// number of parameters. The name may be missing.
func Parse(r io.Reader, familyName string) (Entry, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return Entry{}, err
	}
	var file goalFile
	decoder := yaml.NewDecoder(bytes.NewReader(quoteAntichains(content)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); errors.Is(err, io.EOF) {
		return Entry{}, errors.New("the file is empty: want gamma: [19 numbers], or gamma by antichain")
	} else if err != nil {
		return Entry{}, fmt.Errorf("want name, family, note and gamma, in YAML or JSON: %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Entry{}, errors.New("something follows the goal: want one goal in a file")
	}
	return file.entry(familyName)
}

// unquoted matches a line that begins with an antichain as a key, which YAML
// would take for a table.
var unquoted = regexp.MustCompile(`(?m)^([ \t]*)((?:\{[A-Z1-3]+\})+)([ \t]*:)`)

func quoteAntichains(content []byte) []byte {
	return unquoted.ReplaceAll(content, []byte(`$1"$2"$3`))
}

func (file goalFile) entry(familyName string) (Entry, error) {
	if file.Name != "" && !goalName.MatchString(file.Name) {
		return Entry{}, nameError(file.Name)
	}
	if file.Family != "" {
		if _, err := familyOf(file.Family); err != nil {
			return Entry{}, err
		}
		if familyName != "" && file.Family != familyName {
			return Entry{}, fmt.Errorf("family %s: want a goal of %s", file.Family, familyName)
		}
		familyName = file.Family
	}
	f, err := file.fittingFamily(familyName)
	if err != nil {
		return Entry{}, err
	}
	gamma, err := file.gamma(f)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Family: f.name, Name: file.Name, Note: file.Note, Gamma: gamma}, nil
}

func nameError(name string) error {
	return fmt.Errorf("name %q: want 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit", name)
}

// fittingFamily returns the named family, or the trivariate one where the
// goal can be of no other.
func (file goalFile) fittingFamily(name string) (family, error) {
	if name != "" {
		return familyOf(name)
	}
	trivariate := families[0]
	switch node := file.Gamma; node.Kind {
	case yaml.SequenceNode:
		if len(node.Content) == trivariate.lattice().Terms() {
			return trivariate, nil
		}
	case yaml.MappingNode:
		var keys strings.Builder
		for i := 0; i < len(node.Content); i += 2 {
			if key := node.Content[i].Value; key != pid.ResidualEntropy {
				keys.WriteString(key)
			}
		}
		if strings.Contains(keys.String(), "C") && strings.Contains(keys.String(), "L") || strings.Contains(keys.String(), "3") {
			return trivariate, nil
		}
	}
	return family{}, fmt.Errorf("family is missing: want one of %s", strings.Join(Families(), ", "))
}

func (file goalFile) gamma(f family) ([]float64, error) {
	switch file.Gamma.Kind {
	case yaml.SequenceNode:
		return gammaOfList(file.Gamma.Content, f)
	case yaml.MappingNode:
		return gammaOfTable(file.Gamma.Content, f)
	case 0:
		return nil, fmt.Errorf("gamma is missing: want a list of %d numbers, or a table by antichain", f.lattice().Terms())
	}
	return nil, fmt.Errorf("gamma is %q: want a list of %d numbers, or a table by antichain", file.Gamma.Value, f.lattice().Terms())
}

func gammaOfList(nodes []*yaml.Node, f family) ([]float64, error) {
	lattice := f.lattice()
	if len(nodes) != lattice.Terms() {
		return nil, fmt.Errorf("gamma has %d numbers: want %d for %s (%d atoms, then H_res)", len(nodes), lattice.Terms(), f.name, lattice.Len())
	}
	gamma := make([]float64, len(nodes))
	for i, node := range nodes {
		var err error
		if gamma[i], err = number(node, lattice.TermNames(f.letters)[i]); err != nil {
			return nil, err
		}
	}
	return gamma, nil
}

func gammaOfTable(nodes []*yaml.Node, f family) ([]float64, error) {
	gamma := make([]float64, f.lattice().Terms())
	seen := make([]bool, len(gamma))
	for i := 0; i < len(nodes); i += 2 {
		term, err := f.term(nodes[i].Value)
		if err != nil {
			return nil, fmt.Errorf("gamma, line %d: %w", nodes[i].Line, err)
		}
		if seen[term] {
			return nil, fmt.Errorf("gamma, line %d: %s is given twice", nodes[i].Line, nodes[i].Value)
		}
		seen[term] = true
		if gamma[term], err = number(nodes[i+1], nodes[i].Value); err != nil {
			return nil, err
		}
	}
	return gamma, nil
}

// term returns the place of "{F}{C}", "{1}{2}" or "H_res" in a goal.
func (f family) term(name string) (int, error) {
	if name == pid.ResidualEntropy {
		return f.lattice().Len(), nil
	}
	antichain, err := pid.ParseAntichain(name, f.letters)
	if err != nil {
		return 0, err
	}
	return f.lattice().Index(antichain), nil
}

func number(node *yaml.Node, term string) (float64, error) {
	v, err := strconv.ParseFloat(node.Value, 64)
	if err != nil || node.Kind != yaml.ScalarNode || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("gamma of %s is %q: want a finite number", term, node.Value)
	}
	return v, nil
}

// YAML returns the goal as a file that Parse reads, with what is not 0 by
// antichain.
func (e Entry) YAML() []byte {
	var b bytes.Buffer
	if e.Name != "" {
		fmt.Fprintf(&b, "name: %s\n", e.Name)
	}
	fmt.Fprintf(&b, "family: %s\n", e.Family)
	if e.Note != "" {
		fmt.Fprintf(&b, "note: %q\n", e.Note)
	}
	var terms bytes.Buffer
	for i, name := range e.TermNames() {
		if e.Gamma[i] != 0 {
			fmt.Fprintf(&terms, "  %q: %s\n", name, strconv.FormatFloat(e.Gamma[i], 'g', -1, 64))
		}
	}
	if terms.Len() == 0 {
		return append(b.Bytes(), "gamma: {}\n"...)
	}
	fmt.Fprintf(&b, "gamma:\n%s", &terms)
	return b.Bytes()
}
