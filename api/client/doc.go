// Package client speaks to a server of studies.
//
// A Client has the methods of study.Store that a command needs, so that a
// command does not care where a study is kept. A Worker is what internal/worker
// takes trials from: it outlives restarts of the server and cut lines by
// repeating its calls, each of which happens once.
package client
