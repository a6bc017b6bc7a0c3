package goalsearchv1

import _ "embed"

// OpenAPI describes the JSON calls of the gateway (OpenAPI 2, JSON).
//
//go:embed goalsearch.swagger.json
var OpenAPI []byte
