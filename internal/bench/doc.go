// Package bench measures how fast networks train on the machine at hand.
package bench
