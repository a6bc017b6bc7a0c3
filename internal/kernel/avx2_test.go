//go:build amd64 && !purego

package kernel

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// beyondAVX2 is what only AVX-512 has: half of the registers, the wide ones,
// masks. The generator takes what registers it needs, and the assembler then
// silently encodes an instruction of AVX2 as one of AVX-512.
var beyondAVX2 = regexp.MustCompile(`(?m)^.*\b([XYZ](1[6-9]|2[0-9]|3[01])|Z[0-9]+|K[0-7])\b.*$`)

// TestAVX2NeedsNoMore holds for processors that the tests may never run on.
func TestAVX2NeedsNoMore(t *testing.T) {
	files, err := filepath.Glob("*_amd64.s")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	functions := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, function := range strings.Split(string(text), "\nTEXT ·")[1:] {
			name, _, _ := strings.Cut(function, "(")
			if !strings.HasSuffix(name, "AVX2") {
				continue
			}
			functions++
			if line := beyondAVX2.FindString(function); line != "" {
				t.Errorf("%s: %s uses AVX-512:%s", file, name, line)
			}
		}
	}
	if functions == 0 {
		t.Error("no function to look at")
	}
}
