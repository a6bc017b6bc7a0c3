//go:build linux

package chaos

import (
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

// ledger is what workers say in their logs.
type ledger struct {
	mu       sync.Mutex
	finished map[int]int // how often a worker was told that it finished a trial
	lost     int         // how often one was told that it lost its trial
	wrong    []string    // clocks, by the lines that show them
}

func newLedger() *ledger { return &ledger{finished: make(map[int]int)} }

var finishedLine = regexp.MustCompile(`msg="finished a trial" trial=(\d+) state=complete`)
var lostLine = regexp.MustCompile(`msg="lost a trial`)
var timeOfLine = regexp.MustCompile(`^time=(\S+)`)

func (l *ledger) note(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := finishedLine.FindStringSubmatch(line); m != nil {
		number, _ := strconv.Atoi(m[1]) // digits
		l.finished[number]++
	}
	if lostLine.MatchString(line) {
		l.lost++
	}
	if m := timeOfLine.FindStringSubmatch(line); m != nil {
		at, err := time.Parse(time.RFC3339, m[1])
		if off := time.Since(at).Abs(); err == nil && off > 50*time.Minute && off < 70*time.Minute {
			l.wrong = append(l.wrong, line)
		}
	}
}

// doubled counts the trials that more than one worker finished.
func (l *ledger) doubled() (n int) {
	for _, times := range l.finished {
		if times > 1 {
			n++
		}
	}
	return n
}

// checkLedger holds what workers were told against what may be.
func (c *cluster) checkLedger(t *testing.T) {
	t.Helper()
	for number, times := range c.ledger.finished {
		if times != 1 {
			t.Errorf("workers were told %d times that they finished trial %d", times, number)
		}
	}
	if len(c.ledger.wrong) == 0 {
		t.Error("no worker's clock was wrong")
	}
}
