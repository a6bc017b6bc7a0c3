package main

import (
	"strconv"
	"strings"

	"github.com/goal-search/goal-search/internal/objective"
	"github.com/goal-search/goal-search/study"
)

// parameters returns what --fix and --range ask for, in that order: where one
// parameter is given twice, the later one holds.
func (o startOptions) parameters(network string) ([]study.Parameter, error) {
	var all []study.Parameter
	for _, text := range o.ranges {
		p, err := parseRange(network, text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for _, text := range o.fix {
		p, err := parseFix(network, text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// parseFix reads NAME=VALUE.
func parseFix(network, text string) (study.Parameter, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return study.Parameter{}, usageError("--fix %q: want NAME=VALUE, such as res=0", text)
	}
	name, err := objective.Resolve(network, name)
	if err != nil {
		return study.Parameter{}, usageError("--fix %q: %v", text, err)
	}
	v, err := strconv.ParseFloat(value, 64)
	p := study.Parameter{Name: name, Low: v, High: v, Integer: objective.IsInteger(name)}
	if err != nil {
		return p, usageError("--fix %q: %q is no number", text, value)
	}
	if err := p.Validate(); err != nil {
		return p, usageError("--fix %q: %v", text, err)
	}
	return p, nil
}

// parseRange reads NAME=LOW:HIGH[:log][:int].
func parseRange(network, text string) (study.Parameter, error) {
	var p study.Parameter
	invalid := func(why string) (study.Parameter, error) { return p, usageError("--range %q: %s", text, why) }
	name, rest, ok := strings.Cut(text, "=")
	fields := strings.Split(rest, ":")
	if !ok || len(fields) < 2 {
		return invalid("want NAME=LOW:HIGH, with :log or :int at the end if need be, such as learning_rate=1e-4:1e-2:log")
	}
	name, err := objective.Resolve(network, name)
	if err != nil {
		return invalid(err.Error())
	}
	p = study.Parameter{Name: name, Integer: objective.IsInteger(name)}
	for i, end := range []*float64{&p.Low, &p.High} {
		if *end, err = strconv.ParseFloat(fields[i], 64); err != nil {
			return invalid(strconv.Quote(fields[i]) + " is no number")
		}
	}
	for _, option := range fields[2:] {
		switch option {
		case "log":
			p.Log = true
		case "int":
			p.Integer = true
		default:
			return invalid(strconv.Quote(option) + `: want "log" or "int"`)
		}
	}
	if err := p.Validate(); err != nil {
		return invalid(err.Error())
	}
	return p, nil
}
