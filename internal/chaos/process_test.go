//go:build linux

package chaos

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a server or a worker that is started again whenever it was made
// to end, as a cluster's engine would.
type process struct {
	name string
	args []string // program first
	env  []string
	// stdout gets what it prints; nil: nobody.
	stdout io.Writer
	// told is given every line of its log.
	told func(line string)
	// logs gets its whole log.
	logs io.Writer
	// failed is called when it did what it should not.
	failed func()
	// started is in the log of one that has begun to work. Before that it may
	// give up, since what it needs may be broken: it is started again.
	started string

	mu      sync.Mutex
	cmd     *exec.Cmd
	began   bool          // to work
	killed  bool          // by the test
	leaving bool          // told to
	over    bool          // it is not started again
	down    time.Duration // before it is started again
	log     []string      // its last lines
	done    chan struct{} // closed when it has ended for good
	wrong   error         // what it did that it should not
}

// restartPause is how long one that could not begin waits for better times.
const restartPause = 300 * time.Millisecond

// logLinesMax bounds what is shown of a process that did something wrong.
const logLinesMax = 300

// run starts the process until it ends by itself with exit code 0, ctx ends,
// or it does what it should not.
func (p *process) run(ctx context.Context) {
	defer close(p.done)
	for ctx.Err() == nil {
		began, err := p.runOnce(ctx)
		p.mu.Lock()
		pause, again := p.afterwards(began, err)
		p.mu.Unlock()
		if !again {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// afterwards tells whether the process is to be started again, and how soon.
func (p *process) afterwards(began bool, err error) (pause time.Duration, again bool) {
	killed, leaving := p.killed, p.leaving
	p.killed, p.leaving = false, false
	switch {
	case killed, leaving && err == nil:
		return p.down, !p.over
	case err == nil || p.over && !began:
		return 0, false
	case !began:
		return restartPause, true
	}
	p.wrong = fmt.Errorf("%s gave up: %w\n%s", p.name, err, strings.Join(p.log, "\n"))
	p.failed()
	return 0, false
}

// runOnce runs the process until it ends. It dies with the test.
func (p *process) runOnce(ctx context.Context) (began bool, err error) {
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout = p.stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := cmd.StderrPipe()
	if err != nil {
		return false, err
	}
	if over, err := p.begin(cmd); over || err != nil {
		return false, err
	}
	for lines := bufio.NewScanner(log); lines.Scan(); {
		p.hear(lines.Text())
	}
	_, _ = io.Copy(io.Discard, log) // what is no line
	return p.works(), cmd.Wait()
}

// begin starts the process unless it has been dismissed.
func (p *process) begin(cmd *exec.Cmd) (over bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd, p.log, p.began = cmd, nil, false
	if p.over {
		return true, nil
	}
	return false, cmd.Start()
}

// works tells whether the process has begun to.
func (p *process) works() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.began
}

func (p *process) hear(line string) {
	p.told(line)
	fmt.Fprintln(p.logs, line)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began = p.began || strings.Contains(line, p.started)
	p.log = append(p.log, line)
	if len(p.log) > logLinesMax {
		p.log = p.log[1:]
	}
}

// signal sends a signal, if there is a process to get it.
func (p *process) signal(s syscall.Signal) bool {
	return p.cmd != nil && p.cmd.Process != nil && p.cmd.Process.Signal(s) == nil
}

// kill ends the process at once; it comes back after down.
func (p *process) kill(down time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.signal(syscall.SIGKILL) {
		return false
	}
	p.killed, p.down = true, down
	return true
}

// leave tells the process to leave; it comes back after down.
func (p *process) leave(down time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed || p.leaving || !p.signal(syscall.SIGTERM) { // a second time would kill it
		return false
	}
	p.leaving, p.down = true, down
	return true
}

// dismiss tells the process to leave for good.
func (p *process) dismiss() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if !p.leaving {
		p.signal(syscall.SIGTERM)
	}
}

// signalNow sends a signal that does not end the process.
func (p *process) signalNow(s syscall.Signal) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.signal(s)
}

func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}

// end waits until the process has ended for good.
func (p *process) end(t *testing.T, within time.Duration) {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(within):
		p.signalNow(syscall.SIGQUIT) // its stacks end its log
		t.Errorf("%s still runs after %v", p.name, within)
		<-p.done
	}
}
