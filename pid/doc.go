// Package pid computes partial information decompositions (PID) with the
// shared-exclusion redundancy I_sx of Makkeh, Gutknecht and Wibral (2021,
// Phys. Rev. E 103, 032149), of two or three sources about one target.
//
// There are two ways in. Distribution.Decompose decomposes a given discrete
// distribution exactly. Estimator decomposes the output of a stochastic binary
// neuron over a batch of samples, by a plug-in histogram, and gives the
// analytic gradient of a Goal with respect to the neuron's firing
// probabilities (Schneider, Neuhaus, Ehrlich et al., "What should a neuron aim
// for?", appendix A.6).
//
// All information is in bits. Atoms stand in the order of the lattice's
// antichains; vectors of information terms have one more entry at the end, the
// residual entropy H_res.
package pid
