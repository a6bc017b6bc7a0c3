// Package mysqltest starts private servers of MariaDB and MySQL for tests, by
// scripts/database-server. They end with the test's process, whatever becomes
// of it.
//
// Where a server cannot be had, the test is skipped and says what is missing;
// with CI=true it fails.
package mysqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/go-sql-driver/mysql" // for sql.Open
)

// Engine is a kind of server, by the name that the script has for it.
type Engine string

// The engines that a store has to work on.
const (
	MariaDB   Engine = "mariadb"
	MariaDB11 Engine = "mariadb-11"
	MySQL     Engine = "mysql"
)

// Engines are all of them.
var Engines = []Engine{MariaDB, MariaDB11, MySQL}

// Server is a server on this machine, without a password for root.
type Server struct {
	Port int

	engine    Engine
	data      string
	databases atomic.Int32
}

// shared are the servers that the tests of one process have in common.
var shared = map[Engine]func() (*Server, error){
	MariaDB:   sync.OnceValues(func() (*Server, error) { return start(MariaDB) }),
	MariaDB11: sync.OnceValues(func() (*Server, error) { return start(MariaDB11) }),
	MySQL:     sync.OnceValues(func() (*Server, error) { return start(MySQL) }),
}

// Shared returns the server that the tests of this process have in common.
func (e Engine) Shared(t testing.TB) *Server {
	t.Helper()
	s, err := shared[e]()
	needs(t, err)
	return s
}

// Start starts a server for this test alone, which may kill it.
func (e Engine) Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(e)
	needs(t, err)
	t.Cleanup(func() { _ = s.script("stop", s.data) }) // else it ends with the process
	return s
}

// errMissing: the server cannot be had on this machine.
var errMissing = errors.New("the server cannot be had")

func needs(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func start(e Engine) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{Port: port, engine: e}
	return s, s.script("start", fmt.Sprint(port))
}

func freePort() (int, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// script runs the script for the engine, and keeps the data directory that
// start prints.
func (s *Server) script(args ...string) error {
	root, err := repository()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), filepath.Join(root, "scripts", "database-server"), append([]string{string(s.engine)}, args...)...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("OWNER=%d", os.Getpid()))
	// Not by pipes, which the server would hold open.
	out, err := os.CreateTemp("", "mysqltest")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	runErr := cmd.Run()
	said, err := os.ReadFile(out.Name())
	var exit *exec.ExitError
	switch {
	case errors.As(runErr, &exit) && exit.ExitCode() == 3:
		return fmt.Errorf("%w: %s", errMissing, strings.TrimSpace(string(said)))
	case runErr != nil:
		return fmt.Errorf("%s: %w: %s", cmd, runErr, said)
	case err == nil && args[0] == "start":
		s.data = strings.TrimSpace(string(said))
	}
	return err
}

// repository is the folder above this one that holds go.mod.
func repository() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("mysqltest: no go.mod above the working directory")
		}
		folder = filepath.Dir(folder)
	}
	return "", err
}

// Database makes an empty database and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("goals%d", s.databases.Add(1))
	s.Exec(t, "CREATE DATABASE "+name)
	return s.URL("root", "", name)
}

// URL returns the address of a database for a user.
func (s *Server) URL(user, password, database string) string {
	if password != "" {
		user += ":" + password
	}
	return fmt.Sprintf("mysql://%s@127.0.0.1:%d/%s", user, s.Port, database)
}

// Exec runs statements as root.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	db, err := sql.Open("mysql", fmt.Sprintf("root@tcp(127.0.0.1:%d)/", s.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
