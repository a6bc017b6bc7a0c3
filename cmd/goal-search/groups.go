package main

import (
	"slices"

	"github.com/spf13/cobra"
)

// groups are what --help lists together.
var groups = []struct {
	title    string
	commands []string
}{
	{"Search:", []string{"start", "status", "watch", "best", "trials", "logs", "export"}},
	{"Guide a search:", []string{"pause", "resume", "stop", "enqueue", "study"}},
	{"On many machines:", []string{"server", "worker", "workers"}},
	{"Goals and networks:", []string{"goals", "train", "eval", "pid", "data", "bench"}},
}

func groupCommands(root *cobra.Command) {
	for _, group := range groups {
		root.AddGroup(&cobra.Group{ID: group.title, Title: group.title})
		for _, cmd := range root.Commands() {
			if slices.Contains(group.commands, cmd.Name()) {
				cmd.GroupID = group.title
			}
		}
	}
}
