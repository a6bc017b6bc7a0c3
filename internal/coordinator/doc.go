// Package coordinator decides what is tried next.
//
// A Coordinator serves one study from its store: it hands out the trials that
// a worker lost or gave back, and asks the sampler for new ones with all the
// results so far. It keeps nothing that the store does not: several
// coordinators, in several processes, may serve one study.
package coordinator
