package kernel

import (
	"os"
	"testing"
)

// Tests that were asked for one path do not pass on another.
func TestForcedPath(t *testing.T) {
	if err := CheckForced(); err != nil {
		t.Fatal(err)
	}
	if forced := Path(os.Getenv(PathVariable)); forced != "" && Current() != forced {
		t.Errorf("the path is %s, want %s", Current(), forced)
	}
}
