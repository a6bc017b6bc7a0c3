package house

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/goal-search/goal-search/"

// floors gives every package its floor. Imports go strictly down.
var floors = map[string]int{
	"study":                0,
	"internal/kernel":      0,
	"proto/goalsearch/v1":  0,
	"study/sqlstore":       1,
	"sampler":              1,
	"trainer/dataset":      1,
	"pid":                  1,
	"internal/fetch":       1,
	"api/wire":             1,
	"internal/coordinator": 2,
	"internal/worker":      2,
	"internal/catalogue":   2,
	"trainer":              2,
	"figure":               2,
	"internal/bench":       3,
	"internal/objective":   3,
	"api":                  3,
	"api/client":           3,
	"api/dashboard":        3,
	"internal/daemon":      4,
	"cmd/goal-search":      5,
	"cmd/server":           5,
	"cmd/worker":           5,
}

// testSupport is imported by tests only, and may import what it tests.
var testSupport = []string{"internal/chaos", "internal/chaos/node", "internal/house", "internal/vectors", "study/storetest", "study/sqlstore/mysqltest", "trainer/dataset/datasettest"}

// never says what stays out, whatever the floors allow. A name stands for the
// package and all below it.
var never = []struct {
	imports []string
	where   []string // packages that the rule is for; nil means all
	except  []string // packages that may
	why     string
}{
	{
		imports: []string{module + "study", module + "proto", "database/sql", "net", "log"},
		where:   []string{"pid", "trainer", "internal/kernel"},
		why:     "numerics know nothing of studies, wires, databases and logs",
	},
	{
		imports: []string{"github.com/c-bata/goptuna"},
		except:  []string{"sampler"},
		why:     "goptuna's types stay in sampler",
	},
	{
		imports: []string{"database/sql", "modernc.org/sqlite", "github.com/go-sql-driver/mysql"},
		except:  []string{"study/sqlstore"},
		why:     "only the store speaks to a database",
	},
	{
		imports: []string{module + "proto", "google.golang.org"},
		except:  []string{"proto", "api", "internal/daemon", "cmd"},
		why:     "generated types do not pass below api",
	},
}

type listed struct {
	ImportPath string
	Imports    []string
}

// packages returns the module's packages with their direct imports, for tests
// not included.
func packages(t *testing.T) []listed {
	t.Helper()
	lookAtSources(t)
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...")
	output, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

// lookAtSources makes go test notice a changed source: it keeps a cached
// result for as long as the files that the test itself looked at stay the same.
func lookAtSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsGoDown(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains(testSupport, p.ImportPath) {
			continue
		}
		floor, ok := floors[p.ImportPath]
		if !ok {
			t.Errorf("%s has no floor: give it one here and in docs/ARCHITECTURE.md", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			own, ok := strings.CutPrefix(path, module)
			if !ok {
				continue
			}
			if slices.Contains(testSupport, own) {
				t.Errorf("%s imports %s, which is for tests only", p.ImportPath, own)
			} else if floors[own] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d): imports go strictly down", p.ImportPath, floor, own, floors[own])
			}
		}
	}
}

func TestNeverImported(t *testing.T) {
	for _, p := range packages(t) {
		for _, rule := range never {
			if rule.where != nil && !withinAny(p.ImportPath, rule.where) || withinAny(p.ImportPath, rule.except) {
				continue
			}
			for _, path := range p.Imports {
				if withinAny(path, rule.imports) {
					t.Errorf("%s imports %s: %s", p.ImportPath, path, rule.why)
				}
			}
		}
	}
}

// withinAny tells whether path is one of the packages or lies below one.
func withinAny(path string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return path == name || strings.HasPrefix(path, name+"/")
	})
}
