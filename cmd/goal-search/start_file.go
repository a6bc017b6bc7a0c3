package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// fileFields are the flags that a study file can set, as the file spells
// them: "_" for "-".
var fileFields = []string{
	"study", "sampler", "trials", "workers", "checkpoint_every", "checkpoint_pause", "seed", "dataset", "data_dir", "images",
	"network", "hidden", "max_connections", "epochs", "batch_size", "trainer_seed", "fix", "range",
	"wall_time", "target", "patience", "priority",
}

// readStartFile sets every flag that the file names and the command line does
// not. The file is a YAML table; fix and range are tables by parameter:
//
//	sampler: tpe
//	fix: {gamma_res: 0}
//	range: {learning_rate: "1e-4:1e-2:log"}
func readStartFile(path string, flags *pflag.FlagSet) error {
	table, err := readYAML(path)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(table); i += 2 {
		key, value := table[i], table[i+1]
		at := func(format string, args ...any) error {
			return usageError("%s:%d: %s", path, key.Line, fmt.Sprintf(format, args...))
		}
		if !slices.Contains(fileFields, key.Value) {
			return at("unknown field %q: want one of %s", key.Value, strings.Join(fileFields, ", "))
		}
		if seen[key.Value] {
			return at("%s is given twice", key.Value)
		}
		seen[key.Value] = true
		if err := setFromFile(flags, key.Value, value); err != nil {
			return at("%s: %v", key.Value, err)
		}
	}
	return nil
}

// readYAML returns the keys and values of the file's one table, in turn.
func readYAML(path string) ([]*yaml.Node, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exitError{exitUsage, fmt.Errorf("study file: %w", err)}
	}
	defer file.Close()
	var document yaml.Node
	err = yaml.NewDecoder(file).Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil // an empty file sets nothing
	}
	if err != nil {
		return nil, usageError("%s: %v", path, err)
	}
	table := document.Content[0]
	if table.Kind != yaml.MappingNode {
		return nil, usageError("%s:%d: want a table of settings, such as \"sampler: tpe\"", path, table.Line)
	}
	return table.Content, nil
}

func setFromFile(flags *pflag.FlagSet, field string, value *yaml.Node) error {
	flag := flags.Lookup(strings.ReplaceAll(field, "_", "-"))
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		return addFromFile(flag, list, value)
	}
	if value.Kind != yaml.ScalarNode {
		return errors.New("want one value")
	}
	if flag.Changed {
		return nil
	}
	if err := flags.Set(flag.Name, value.Value); err != nil {
		return fmt.Errorf("%q does not fit: %w", value.Value, errors.Unwrap(err))
	}
	return nil
}

// addFromFile puts the file's parameters before those of the command line,
// since the last one wins.
func addFromFile(flag *pflag.Flag, list pflag.SliceValue, table *yaml.Node) error {
	if table.Kind != yaml.MappingNode {
		return errors.New("want a table by parameter, such as {gamma_res: 0}")
	}
	var entries []string
	for i := 0; i+1 < len(table.Content); i += 2 {
		name, value := table.Content[i], table.Content[i+1]
		if name.Kind != yaml.ScalarNode || value.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: want one value by name; a name such as \"{F}{C}\" needs quotes", name.Line)
		}
		entries = append(entries, name.Value+"="+value.Value)
	}
	flag.Changed = true
	return list.Replace(append(entries, list.GetSlice()...))
}
