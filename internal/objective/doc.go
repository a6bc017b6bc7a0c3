// Package objective says what a trial is: it turns a point of the search space
// into a goal function and the configuration of a network, trains it, and
// reports how well it does.
//
// A point's parameters are γ of the hidden neurons, one for each information
// term and named after it (gamma_{F}{C}, …, gamma_res), and, where a study
// wants them, settings of the trainer by their name in trainer.Config.
package objective
