// Package chaos holds tests that break what a search runs on: processes are
// killed, frozen and told to leave, lines cut, stalled and slowed, and clocks
// are wrong, while servers, workers and a database do a study. In the end
// nothing may be lost, doubled or left running.
//
// What breaks, and when, is a function of a seed that the test prints:
// CHAOS_SEED=N go test -run TestChaos ./internal/chaos does the same again.
// make chaos is the long form, make soak the test that nothing grows.
package chaos
