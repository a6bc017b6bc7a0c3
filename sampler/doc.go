// Package sampler suggests the points that a study evaluates. Larger values
// are better.
//
// A suggestion is a pure function of the space, the study's seed, the trial's
// number and the results so far. Nothing is kept between two of them, so a
// search survives any restart, and many processes may ask for trials of the
// same study: each number has random numbers of its own. The same bits come
// out on the same processor architecture; others may round differently.
//
// # Samplers
//
// random draws uniformly.
//
// cmaes is CMA-ES [Hansen 2016], with the defaults of Optuna's: it starts in
// the centre of the box with a step size of a sixth of each range. The results
// are told in the order in which they finished, a whole population at a time,
// whatever generation they were asked from; so none is lost when many workers
// run at once. A run that has converged, has diverged or is numerically broken
// ends, and the next one starts at a random point with twice the population
// [Auger and Hansen 2005]. Points outside the box are drawn again up to 100
// times, then moved to its boundary.
//
// tpe is the tree-structured Parzen estimator [Bergstra 2011] over all axes at
// once [Falkner 2018], with the settings of the studies that this project
// repeats (Optuna 2.10, multivariate). Its first 100 trials are random: a
// study of fewer is random search. Then it takes the best tenth of the trials,
// at most 25, as good; of 100 points drawn from their density l it suggests
// the one at which l exceeds the density g of all others most. Order of
// finishing has no influence; trials count less the lower their numbers are.
//
// Both work in the unit cube: logarithmic axes through their logarithm, whole
// numbers as cells of equal width, so that the ends are as likely as the rest,
// and fixed parameters left out.
//
// # goptuna
//
// The models are samplers of goptuna v0.9.0, which drives them: its types stay
// inside this package. What it gets wrong is gone around, and traps_test.go
// shows both. Its CMA-ES sampler minimises whatever the direction, drops
// parallel results and forgets everything at a restart: only the optimizer
// under it is used, replayed from the history with negated values. Its TPE
// never evaluates its acquisition and cannot be seeded: here is another.
//
// # Sources
//
//   - Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772.
//   - Auger and Hansen 2005, "A Restart CMA Evolution Strategy With Increasing
//     Population Size", CEC 2005.
//   - Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization",
//     NeurIPS 24.
//   - Falkner et al. 2018, "BOHB: Robust and Efficient Hyperparameter
//     Optimization at Scale", ICML 2018: the densities over all axes at once.
package sampler
