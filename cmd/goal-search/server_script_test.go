package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/goal-search/goal-search/study/sqlstore/mysqltest"
)

// TestServerScript runs testdata/server on a database of every server, as a
// user who may use no other and has a password.
func TestServerScript(t *testing.T) {
	for _, e := range mysqltest.Engines {
		t.Run(string(e), func(t *testing.T) {
			server := e.Shared(t)
			server.Exec(t, "CREATE DATABASE goal", "CREATE USER goal IDENTIFIED BY 'secret/word'", "GRANT ALL ON goal.* TO goal")
			url := server.URL("goal", "secret%2Fword", "goal")
			testscript.Run(t, testscript.Params{
				Dir:                 "testdata/server",
				RequireExplicitExec: true,
				Setup: func(env *testscript.Env) error {
					env.Setenv("HOME", env.WorkDir)
					env.Setenv("XDG_DATA_HOME", env.WorkDir+"/share")
					env.Setenv("GOAL_SEARCH_STORE", url)
					env.Setenv("GOAL_SEARCH_STORE_FILE", "")
					env.Setenv("NOT_MINE", strings.TrimSuffix(url, "goal")+"mysql")
					env.Setenv("WRONG", strings.Replace(url, "word", "sword", 1))
					env.Setenv("NOBODY", "mysql://goal:secret@127.0.0.1:1/goal")
					return os.WriteFile(filepath.Join(env.WorkDir, "url"), []byte(url+"\n"), 0o600)
				},
			})
		})
	}
}
