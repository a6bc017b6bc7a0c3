package catalogue

import (
	"slices"
	"strings"
	"testing"
)

const nineteen = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]"

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text, family string
		wantFamily         string
		first, last        float64 // of γ
	}{
		{"list", "gamma: " + nineteen, "", "infomorphic_context_lateral", 1, 19},
		{"json", `{"name": "a", "gamma": ` + nineteen + "}", "", "infomorphic_context_lateral", 1, 19},
		{"by letters", "gamma:\n  \"{F}{C}{L}\": -0.5\n  H_res: 2\n", "", "infomorphic_context_lateral", -0.5, 2},
		{"by letters, unquoted", "gamma:\n  {F}{C}{L}: -0.5\n  {FC}{FL} : 3\n  {F}: 1\n", "", "infomorphic_context_lateral", -0.5, 0},
		{"by digits", `gamma: {"{3}{2}{1}": 0.25}`, "", "infomorphic_context_lateral", 0.25, 0},
		{"json by letters", "{\"family\": \"infomorphic_lateral\",\n\"gamma\": {\n  \"{F}\": 0.5}}", "", "infomorphic_lateral", 0.5, 0},
		{"family of the network", "gamma: [1, 0, 0, 0, 3]", "infomorphic_context", "infomorphic_context", 1, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := Parse(strings.NewReader(test.text), test.family)
			if err != nil {
				t.Fatal(err)
			}
			if e.Family != test.wantFamily || e.Gamma[0] != test.first || e.Gamma[len(e.Gamma)-1] != test.last {
				t.Errorf("got %s %v, want %s with first %g, last %g", e.Family, e.Gamma, test.wantFamily, test.first, test.last)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"empty", "", "the file is empty"},
		{"unknown field", "gama: []", "gama"},
		{"no gamma", "family: infomorphic_lateral", "gamma is missing: want a list of 5"},
		{"scalar gamma", "{family: infomorphic_lateral, gamma: 3}", `gamma is "3"`},
		{"short list", "{family: infomorphic_context_lateral, gamma: [1, 2]}", "gamma has 2 numbers: want 19"},
		{"no family", "gamma: [1, 0, 0, 0, 0]", "family is missing: want one of infomorphic_context_lateral"},
		{"unknown family", "family: setup9\ngamma: []", `family "setup9": want one of`},
		{"text for a number", "gamma: " + strings.Replace(nineteen, "2,", "two,", 1), `gamma of {F}{C} is "two": want a finite number`},
		{"infinite", "gamma: " + strings.Replace(nineteen, "2,", ".inf,", 1), "want a finite number"},
		{"no antichain", "family: infomorphic_lateral\ngamma:\n  {F}{FL}: 1", "line 3: antichain"},
		{"no such source", "family: infomorphic_lateral\ngamma:\n  {C}: 1", "no source"},
		{"twice", "gamma:\n  {F}{CL}: 1\n  {LC}{F}: 1", "line 3: {LC}{F} is given twice"},
		{"bad name", "name: a/b\ngamma: " + nineteen, `name "a/b": want`},
		{"two goals", "gamma: " + nineteen + "\n---\ngamma: " + nineteen, "something follows"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, err := Parse(strings.NewReader(test.text), "")
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %+v, %v, want an error with %q", e, err, test.says)
			}
		})
	}
}

func TestParseEdit(t *testing.T) {
	for _, test := range []struct {
		text string
		want Edit
	}{
		{"{F}{C}=0", Edit{Term: 1}},
		{"{1}{2} = 0.5", Edit{Term: 1, Shift: 0.5}},
		{"{FC}{FL}*=1.1", Edit{Term: 11, Scale: 1.1}},
		{"H_res+=-0.1", Edit{Term: 18, Scale: 1, Shift: -0.1}},
	} {
		got, err := ParseEdit("infomorphic_context_lateral", test.text)
		if err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", test.text, got, err, test.want)
		}
	}
	for _, text := range []string{"", "{F}{C}", "{F}{C}=x", "{F}{Q}=1", "{F}=NaN", "=1"} {
		if got, err := ParseEdit("infomorphic_context_lateral", text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

// FuzzParse holds that what Parse takes comes back the same from its own file.
func FuzzParse(f *testing.F) {
	f.Add("gamma: " + nineteen)
	f.Add("name: a\nnote: \"b: c\"\ngamma:\n  {F}{C}: -0.5\n  {L}: 1e-300\n")
	f.Add(`{"family": "infomorphic_lateral", "gamma": {"{F}": 0.5}}`)
	f.Add("family: output_layer\ngamma: {}\nnote: \"\\x01\\u2028\"")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(strings.NewReader(text), "")
		if err != nil {
			return
		}
		again, err := Parse(strings.NewReader(string(e.YAML())), "")
		if err != nil {
			t.Fatalf("its own file:\n%s\n%v", e.YAML(), err)
		}
		if again.Name != e.Name || again.Note != e.Note || again.Family != e.Family || !slices.Equal(again.Gamma, e.Gamma) {
			t.Fatalf("got %+v, want %+v", again, e)
		}
	})
}
