// Package trainer trains infomorphic networks: networks whose neurons each
// maximise their own goal function, a weighted sum of information atoms
// (Schneider, Neuhaus, Ehrlich et al., "What should a neuron aim for?").
package trainer
