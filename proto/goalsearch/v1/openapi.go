// Package goalsearchv1 is the API of goal-search: its messages, its calls and
// their description, generated from the files beside it.
package goalsearchv1

import _ "embed"

// OpenAPI describes the JSON calls of the gateway (OpenAPI 2, JSON).
//
//go:embed goalsearch.swagger.json
var OpenAPI []byte
