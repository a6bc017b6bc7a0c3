// Package sampler suggests the points that a study evaluates, larger values
// being better. It is built on goptuna, which no other package sees.
package sampler
