package main

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets a test call goal-search as a command. A test that kills such a
// process sets $GOAL_SEARCH_TEST_LEASE, so that it need not wait for its trials
// for as long as a user would.
func TestMain(m *testing.M) {
	if ttl, err := time.ParseDuration(os.Getenv("GOAL_SEARCH_TEST_LEASE")); err == nil {
		leaseTTL = ttl
	}
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
			env.Setenv("GOAL_SEARCH_STORE_FILE", "")
			for _, variable := range []string{"GOAL_SEARCH_SERVER", "GOAL_SEARCH_CA", "GOAL_SEARCH_TOKEN_FILE"} {
				env.Setenv(variable, "")
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"freeaddress": freeAddress},
	})
}

// freeAddress sets variables to addresses on which nobody listens: freeaddress
// NAME...
func freeAddress(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: freeaddress NAME...")
	}
	for _, name := range args {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Setenv(name, l.Addr().String())
		ts.Check(l.Close())
	}
}
