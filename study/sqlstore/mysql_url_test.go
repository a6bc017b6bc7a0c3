package sqlstore

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	c, err := parseURL("mysql://goal:pa%3Ass%40w@[::1]:3307/goals?tls=true")
	if err != nil {
		t.Fatal(err)
	}
	if c.User != "goal" || c.Passwd != "pa:ss@w" || c.Addr != "[::1]:3307" || c.DBName != "goals" || c.TLSConfig != "true" {
		t.Errorf("got %+v", c)
	}
	c, err = parseURL("mysql://goal@db.example/goals")
	if err != nil {
		t.Fatal(err)
	}
	if c.User != "goal" || c.Passwd != "" || c.Addr != "db.example:3306" || c.TLSConfig != "preferred" {
		t.Errorf("got %+v", c)
	}
}

// Whatever is wrong with a URL, neither the error nor what stands for the
// store in output shows the password.
func TestURLsThatAreRefused(t *testing.T) {
	for where, want := range map[string]string{
		"mysql://u:secret@h:1/":               "database",
		"mysql://u:secret@h:1":                "database",
		"mysql://u:secret@h:1/a/b":            "database",
		"mysql://u:secret@:1/a":               "host",
		"mysql://u:secret@h:port/a":           "cannot be read",
		"mysql://u:secret%zz@h:1/a":           "cannot be read",
		"mysql://u:sec@ret@h:1/a?x=y":         "",
		"mysql://u:sec/secret@h:1/a":          "",
		"mysql://us/er:secret@h:1/a":          "",
		"mysql://u@corp:secret@h:1/a":         "",
		"mysql://u:secret?x@h:1/a":            "",
		"mysql://u:secret#x@h:1/a":            "",
		"mysql://u:secret@h:1/a?tls=maybe":    `tls="maybe"`,
		"mysql://u:secret@h:1/a?charset=utf8": `setting "charset"`,
		"mysql://u:secret@h:1/a?tls=%zz":      "settings",
		"postgres://u:secret@h:1/a":           `scheme "postgres"`,
		"mysql://u:secret@h:1/a#x":            "#",
	} {
		_, err := Open(t.Context(), where)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one about %q", where, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") || strings.Contains(Redact(where), "secret") {
			t.Errorf("the password shows: %v, %s", err, Redact(where))
		}
		if !HasPassword(where) {
			t.Errorf("%s: got no password, want one", where)
		}
	}
	for _, where := range []string{"", "a/store.db", "/a:b@c/store.db", "mysql://h/a", "mysql://u@h:3306/a?tls=true"} {
		if HasPassword(where) || Redact(where) != where {
			t.Errorf("%s: taken for one with a password: %s", where, Redact(where))
		}
	}
}
