package pid

import (
	"strings"
	"testing"
)

func TestParseAntichain(t *testing.T) {
	cases := []struct{ text, letters, want string }{
		{"{1}{23}", "123", "{1}{23}"},
		{"{F}{CL}", "FCL", "{1}{23}"},
		{"{F}{LC}", "FCL", "{1}{23}"},
		{"{12}", "FL", "{12}"},
		{"{FL}", "FL", "{12}"},
	}
	for _, c := range cases {
		a, err := ParseAntichain(c.text, c.letters)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		} else if a.String() != c.want {
			t.Errorf("%s: got %s, want %s", c.text, a, c.want)
		}
	}
}

func TestParseAntichainRefuses(t *testing.T) {
	cases := []struct{ text, why string }{
		{"", "empty"}, {"{}", "braces"}, {"{1", "braces"}, {"1}", "braces"}, {"{1}2", "braces"},
		{"{4}", "no source"}, {"{11}", "twice"}, {"{1}{12}", "contains"}, {"{1}{1}", "contains"},
	}
	for _, c := range cases {
		if _, err := ParseAntichain(c.text, "123"); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: got %v, want an error with %q", c.text, err, c.why)
		}
	}
}

func FuzzParseAntichain(f *testing.F) {
	for _, l := range []*Lattice{Bivariate, Trivariate} {
		for i := range l.Len() {
			f.Add(l.Antichain(i).String())
			f.Add(l.Antichain(i).Letters("FCL"))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAntichain(text, "FCL")
		if err != nil {
			return
		}
		if Trivariate.Index(a) < 0 {
			t.Errorf("%q is read as %s, which is no antichain", text, a)
		}
		again, err := ParseAntichain(a.Letters("FCL"), "FCL")
		if err != nil || again.String() != a.String() {
			t.Errorf("%q: written as %s, read again as %s (%v)", text, a, again, err)
		}
	})
}
