// Command asm writes the vector kernels of internal/kernel. Run "go generate"
// in that folder.
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	ConstraintExpr("amd64,!purego")
	for _, isa := range []isa{avx512{}, avx2{}} {
		addRows(isa)
	}
	Generate()
}
