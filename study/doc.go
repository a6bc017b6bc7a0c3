// Package study holds the nouns of a search and the contract of the store that
// keeps them.
//
// A Study is one search: a Space of parameters, a sampler that suggests points
// in it, and a budget of trials. A Trial is one point and what came of it. A
// worker holds a Trial under a Lease, reports a Measurement after every epoch
// and finishes it with an Outcome. The vocabulary is Vizier's
// (Golovin et al. 2017, Google Vizier: A Service for Black-Box Optimization).
//
// The package knows nothing of databases, networks, samplers or training: all
// of those import it.
package study
