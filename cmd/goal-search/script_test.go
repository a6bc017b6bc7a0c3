package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets a test script call goal-search as a command.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"goal-search": main})
}

// TestScript runs testdata/script: one readable session per file. Each gets an
// empty home, so it has the default store to itself.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_DATA_HOME", env.WorkDir+"/share")
			env.Setenv("GOAL_SEARCH_STORE", "")
			return nil
		},
	})
}
