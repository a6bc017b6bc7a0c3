package daemon

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// graceDefault ends before Kubernetes and Slurm kill what they told to leave,
// half a minute later: there is time to save states.
const graceDefault = 20 * time.Second

// NewWorkerCommand returns the command that works for a server; program is what
// a user types to run it.
func NewWorkerCommand(program, version string) *cobra.Command {
	var config WorkerConfig
	var remote Remote
	var debug bool
	cmd := &cobra.Command{
		Use:   lastWord(program),
		Short: "Run trials for a server",
		Long: `The worker takes trials from a server, trains their networks and reports every
epoch. One process per machine has a slot for each core and one copy of each data
set. While the server cannot be reached it goes on, and delivers its results
later.

SIGTERM or Ctrl-C drains it: it takes no more trials, and after --grace hands
back what is not finished, with its state. A second one hands back at once.

A trial that was handed back, or lost with its worker, goes on from its last
state with the next worker of the same version, kernel path (avx512, avx2 or
generic) and data set, and ends with the same weights, bit for bit; with another
one it begins anew. States are also saved while trials run, but not of trials
shorter than --checkpoint-pause.`,
		Example: examples(program,
			"--server 127.0.0.1:7700",
			"--server db.example:7700 --ca ca.pem --token-file token --label pool=night --slots 4",
			"--study first        # until that study ends"),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			remote.FromEnvironment()
			config.Log = newLog(cmd.ErrOrStderr(), debug)
			if config.Client, err = remote.Config(config.Log); err != nil {
				return usage(err)
			}
			if config.Slots < 0 || config.Slots > 1024 {
				return usage(fmt.Errorf("--slots %d: want 1 to 1024, or 0 for one for each core", config.Slots))
			}
			if config.Grace < 0 {
				return usage(fmt.Errorf("--grace %v: want 0 or more", config.Grace))
			}
			if err := CheckSaving(config.Saving); err != nil {
				return usage(err)
			}
			config.Address, config.Version = remote.Address, version
			ctx, draining, stop := twoSignals(cmd.Context())
			defer stop()
			return Work(ctx, draining, config)
		},
	}
	flags := cmd.Flags()
	remote.AddFlags(flags)
	flags.StringVar(&config.Name, "name", "", "name of this worker (default: of the machine and process)")
	flags.IntVar(&config.Slots, "slots", 0, "trials at a time; 0 is one for each core")
	flags.StringToStringVar(&config.Labels, "label", nil, "`NAME=VALUE` that studies may require; may be repeated")
	flags.Lookup("label").DefValue = "" // not []
	flags.StringVar(&config.Study, "study", "", "work at this study only, and end with it (default: at any)")
	flags.StringVar(&config.DataDir, "data-dir", "", "folder of the data sets' files")
	flags.DurationVar(&config.Grace, "grace", graceDefault, "how long running trials may go on once the worker is told to leave")
	AddSavingFlags(flags, &config.Saving)
	flags.BoolVar(&debug, "debug", false, "log every epoch")
	return cmd
}

// twoSignals returns a context that ends with the second signal to leave, and
// one that ends with the first. A third kills the process.
func twoSignals(parent context.Context) (ctx, draining context.Context, stop func()) {
	ctx, abort := context.WithCancelCause(parent)
	draining, drain := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	stopped := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, leave := range []func(){drain, func() { abort(errGrace); signal.Stop(signals) }} {
			select {
			case <-signals:
				leave()
			case <-stopped:
				return
			}
		}
	}()
	return ctx, draining, func() {
		signal.Stop(signals)
		close(stopped)
		<-done
		drain()
		abort(nil)
	}
}
