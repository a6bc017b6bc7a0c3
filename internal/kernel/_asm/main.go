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
	"rows":    {addLists, addPacked},
	"list":    {list},
	"sparse":  {signKernels, turnFloats, flushTiny},
	"dense":   {dense},
	"signed":  {signed},
	"readout": {largestMagnitudes, appendBins, sumColumns, countHits},
	"element": {schneider, schneiderBackward, logistic, sample, cells, adam, vector},
}

// scalars holds what writes the kernels without vectors, which serve all
// instruction sets.
var scalars = map[string][]func(){
	"rows": {turnPacked},
}

func main() {
	flag.Parse()
	kernels, ok := groups[flag.Arg(0)]
	if !ok {
		log.Fatalf("group %q: want the name of a group of kernels", flag.Arg(0))
	}
	ConstraintExpr("amd64,!purego")
	for _, isa := range []isa{avx512{}, avx2{}} {
		for _, kernel := range kernels {
			kernel(isa)
		}
	}
	for _, kernel := range scalars[flag.Arg(0)] {
		kernel()
	}
	Generate()
}
