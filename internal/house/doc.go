// Package house holds the tests of the code's shape: which package may import
// which. It has nothing to import itself. See docs/ARCHITECTURE.md.
package house
