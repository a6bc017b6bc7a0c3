// Package worker takes trials, has them evaluated, and reports what came of
// them.
//
// It knows its two ends only as interfaces: a Coordinator that hands out
// trials, in this process or on a server, and an Evaluator that trains. Nothing
// here depends on what a trial is about.
package worker
