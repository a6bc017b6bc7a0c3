// Command asm writes the vector kernels of internal/kernel, one group of them
// at a time, for each instruction set. Run "go generate" in that folder.
package main

import (
	"flag"
	"log"

	. "github.com/mmcloughlin/avo/build"
)

// groups holds what writes the kernels of each group.
var groups = map[string][]func(isa){
	"pid":     {log2All, pidTwo, pidThree, addLanes, countMasses, pickMasses, gatherMasses, spreadSlopes},
	"packed":  {addPacked},
	"sparse":  {turnFloats, flushTiny},
	"dense":   {dense},
	"signed":  {signed},
	"readout": {largestMagnitudes, appendBins, sumColumns, countHits},
	"element": {schneider, schneiderBackward, logistic, sample, cells, adam, axpy},
}

// shared holds what writes kernels that serve all instruction sets: AVX2 is as
// good for them as AVX-512.
var shared = map[string][]func(){
	"packed":    {turnPacked},
	"sparse":    {signKernels},
	"transpose": {turn, turnBits},
}

func main() {
	flag.Parse()
	group := flag.Arg(0)
	if groups[group] == nil && shared[group] == nil {
		log.Fatalf("group %q: want the name of a group of kernels", group)
	}
	ConstraintExpr("amd64,!purego")
	for _, isa := range []isa{avx512{}, avx2{}} {
		for _, kernel := range groups[group] {
			kernel(isa)
		}
	}
	for _, kernel := range shared[group] {
		kernel()
	}
	Generate()
}
