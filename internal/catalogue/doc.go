// Package catalogue finds goals by name: the published ones, and the user's
// own, which are files in a folder.
//
// A goal belongs to a family, the kind of neuron that it is for. Within a
// family it has a short name, "opt_1_100_tpe"; its full name,
// "infomorphic_context_lateral/opt_1_100_tpe", is unique.
package catalogue
