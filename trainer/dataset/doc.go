// Package dataset holds the images that networks are trained on: MNIST and
// Fashion-MNIST (IDX files), CIFAR-10 (its binary version), and digits, a
// synthetic set that is rendered on the spot and needs no file at all.
//
// A Set gives its training part, what normalises it and a hash that identifies
// it. The test part is opened only when asked for, so that a search cannot
// touch it by accident. Split and Shuffle say which images validate and in
// which order an epoch runs through them; both are functions of a seed alone,
// so a run can be resumed without storing the state of a generator.
package dataset
