// Package api serves studies over gRPC, and over JSON and HTTP through a
// gateway, as proto/goalsearch/v1 describes.
//
// A Server converts and validates; what happens is decided by
// internal/coordinator and the store. Errors become codes in api/wire alone.
package api
