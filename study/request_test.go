package study

import (
	"strings"
	"testing"
)

func TestRequestIDs(t *testing.T) {
	for id, valid := range map[string]bool{
		"a":                                   true,
		"two words":                           true,
		strings.Repeat("é", RequestIDMax/2):   true,
		"":                                    false,
		strings.Repeat("é", RequestIDMax/2+1): false,
		"a ":                                  false, // to some databases it is "a"
		"\ta":                                 false,
		"\xff":                                false,
	} {
		if err := (Request{ID: id}).Validate(); (err == nil) != valid {
			t.Errorf("%q: got error %v, want it valid: %t", id, err, valid)
		}
	}
}
