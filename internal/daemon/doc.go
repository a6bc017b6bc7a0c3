// Package daemon wires the parts of a search together: what the commands, the
// server and the worker have in common.
package daemon
