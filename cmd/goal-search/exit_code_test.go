package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	t.Setenv("GOAL_SEARCH_GOALS", t.TempDir())
	nowhere := t.TempDir()
	for _, test := range []struct {
		args string
		want int
		says string // on stderr
	}{
		{"version", exitOK, ""},
		{"completion bash", exitOK, ""},
		{"goals show naive", exitOK, ""},
		{"status --store mysql://", exitUsage, "--store: no host given"},
		{"start --store mysql://goal@db.example/goals?tls=maybe", exitUsage, "--store: tls=\"maybe\": want one of preferred"},
		{"study copy s --to mysql://db.example", exitUsage, "--to: database \"\": want a path, or mysql://"},
		{"server --store mysql://", exitUsage, "--store: no host given"},
		{"pid", exitUsage, "0 arguments: want goal-search pid FILE"},
		{"pid nowhere.csv", exitUsage, "nowhere.csv"},
		{"goals bogus", exitUsage, "bogus"},
		{"goals show nobody", exitNotFound, "want one of naive"},
		{"goals show nobody.yaml", exitNotFound, "nobody.yaml"},
		{"goals remove naive", exitUsage, "published"},
		{"train --hidden x", exitUsage, "--hidden"},
		{"train --epochs -1", exitUsage, "epochs -1: want 0 to"},
		{"train --dataset mnist --data-dir " + nowhere, exitNotFound, "data fetch mnist"},
		{"train --resume nowhere", exitUsage, "nowhere"},
		{"eval", exitUsage, "0 arguments: want goal-search eval FILE"},
		{"data fetch minst", exitUsage, "want one of mnist, fashion-mnist, cifar10"},
		{"data fetch mnist --from " + nowhere + " --data-dir " + nowhere, exitNotFound, "train-images-idx3-ubyte"},
	} {
		var stdout, stderr bytes.Buffer
		got := run(strings.Fields(test.args), &stdout, &stderr)
		if got != test.want || !strings.Contains(stderr.String(), test.says) {
			t.Errorf("%s: got exit code %d and %q, want %d and %q", test.args, got, stderr.String(), test.want, test.says)
		}
	}
}
